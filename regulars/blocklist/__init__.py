"""Who may not register, sign in, order or trade in; and who always may."""
