"""What the demo store sells, and how its shop page says it is paid."""

from datetime import datetime
from decimal import Decimal

from regulars.kit.actor import Actor
from regulars.orders import services as orders
from regulars.stores.queries import Store

SHOP = {
    "shop_open": True,
    "pickup_address": "Demo, 18 rue des Martyrs, 75009 Paris\nTuesday to Saturday, 10 to 19 h",
    "help_contact": "Camille, your business coach: coach@demo.test",
    "bank_details": "Account holder: Demo SARL\nIBAN: FR76 3000 6000 0112 3456 7890 189\nBIC: AGRIFRPP",
}
# Name, price in minor units, tax in percent, what it is.
_GOODS = (
    ("Canvas tote bag", 1800, "20", "Heavy organic cotton, two long handles, an inside pocket for keys."),
    ("Stoneware mug", 1650, "20", "Thrown and glazed by hand, 300 ml. No two are quite the same."),
    ("Enamel camping mug", 1250, "20", "Takes a fall and a fire. White with a blue rim."),
    ("Linen tea towel, set of two", 2200, "20", "Washed linen that dries glasses without a thread left behind."),
    ("Wool blanket", 8900, "20", "130 × 180 cm, woven from recycled wool. Warm in winter, light in spring."),
    ("Beeswax candle", 950, "20", "Burns for twelve hours and smells of honey."),
    ("Reading lamp", 6400, "20", "A swivel arm, a warm light, a switch one finds in the dark. Bulb included."),
    ("Oak chopping board", 3900, "20", "Oiled French oak, 38 × 24 cm."),
    ("Chef's knife, 20 cm", 7200, "20", "Forged carbon steel. Hone it, dry it, and it outlives its owner."),
    ("Cast-iron pan, 26 cm", 5400, "20", "Seasoned and ready. Works on every stove and over a fire."),
    ("Moka pot for three", 2950, "20", "Aluminium, with a spare seal."),
    ("Pour-over coffee set", 4200, "20", "A glass dripper, forty filters and a measuring spoon."),
    ("Coffee beans, Ethiopia, 250 g", 1150, "5.5", "Washed, lightly roasted: bergamot, peach, a long finish."),
    ("Coffee beans, house blend, 1 kg", 2800, "5.5", "For espresso and moka: cocoa and hazelnut."),
    ("Green tea, 100 g", 890, "5.5", "Sencha of the first harvest."),
    ("Rooibos, 100 g", 690, "5.5", "Without caffeine; good hot and cold."),
    ("Olive oil, 500 ml", 1490, "5.5", "Cold pressed in Provence from one grove."),
    ("Sea salt with herbs", 620, "5.5", "Hand-harvested salt with thyme and rosemary."),
    ("Chestnut honey, 250 g", 780, "5.5", "Dark, strong, a little bitter: for cheese rather than for toast."),
    ("Dark chocolate 72 %", 540, "5.5", "A bar of 100 g from beans of one farm."),
    ("Notebook, dotted", 1400, "20", "160 numbered pages that lie flat, with an index."),
    ("Fountain pen", 3200, "20", "A steel nib, fine. Comes with six cartridges."),
    ("Ink, midnight blue, 50 ml", 1300, "20", "Dries quickly and does not mind the rain."),
    ("Wall calendar", 1900, "20", "Twelve prints of gardens. The months can be framed afterwards."),
    ("Letter set", 1600, "20", "Twenty sheets and envelopes of heavy laid paper."),
    ("Board game, four players", 3600, "20", "Forty minutes, from ten years on. Nobody is out before the end."),
    ("Playing cards", 850, "20", "Linen finish, 54 cards, in a tin."),
    ("Wooden puzzle, 500 pieces", 2900, "20", "A map of Paris from 1900, cut from birch."),
    ("Children's raincoat", 4500, "20", "Recycled fabric, taped seams. Sizes by age; tell us with the order."),
    ("Merino socks", 1500, "20", "Knitted in Brittany, darned for free for two years."),
    ("Felt slippers", 3400, "20", "Thick wool felt with a leather sole."),
    ("Silk scarf", 5900, "20", "70 × 70 cm, edges rolled by hand."),
    ("Leather card holder", 2700, "20", "Vegetable tanned, four cards and some notes."),
    ("Umbrella, windproof", 3800, "20", "Eight ribs of fibreglass. We mend it if it breaks."),
    ("Plant pot, terracotta", 1200, "20", "18 cm, with a saucer."),
    ("Herb seeds, six kinds", 990, "10", "Basil, chives, coriander, dill, parsley, thyme."),
    ("Watering can, 1.5 l", 2400, "20", "Zinc, with a long spout for the plants at the back."),
    ("Soap, lavender", 590, "20", "Cold process, 100 g, without palm oil."),
    ("Hand cream, 75 ml", 1190, "20", "Shea and almond; gone in a minute, felt for a day."),
    ("Gift wrapping", 300, "20", "Paper, ribbon and a card with your words. Tell us with the order."),
    ("Gift card 25", 2500, "0", "For somebody who likes to choose."),
    ("Gift card 50", 5000, "0", "For somebody who likes to choose, twice."),
)  # fmt: skip


def stock_shop(*, store: Store, actor: Actor, now: datetime) -> None:
    """Put the goods of the demo on offer."""
    for number, (title, price, tax, description) in enumerate(_GOODS, start=1):
        values = {
            "title": title,
            "sku": f"D-{number:03}",
            "price_minor": price,
            "tax_percent": Decimal(tax),
            "description": description,
        }
        orders.create_product(store=store, values=values, actor=actor, now=now)
