"""Facts about mail providers: which spellings reach one mailbox, and whose domains belong to everybody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """How a provider reads what stands before the @.

    `domains` share their mailboxes, the first is the one a rule is kept under. With `tags` everything from "+" on is
    left out, with `dots` dots mean nothing.
    """

    domains: tuple[str, ...]
    tags: bool = True
    dots: bool = False


# Only what the providers say themselves. Two addresses of other providers are two people, even when they look alike.
PROVIDERS = (
    # support.google.com/mail/answer/7436150 (dots), /10313 (googlemail.com), /9308648 (+ tags)
    Mailboxes(("gmail.com", "googlemail.com"), dots=True),
    # learn.microsoft.com: Plus addressing in Exchange Online; Outlook.com, Hotmail, Live and MSN share the service,
    # not the mailboxes.
    Mailboxes(("outlook.com",)),
    Mailboxes(("outlook.fr",)),
    Mailboxes(("outlook.de",)),
    Mailboxes(("hotmail.com",)),
    Mailboxes(("hotmail.fr",)),
    Mailboxes(("hotmail.co.uk",)),
    Mailboxes(("live.com",)),
    Mailboxes(("msn.com",)),
    # support.apple.com/102529: old me.com and mac.com addresses are the icloud.com mailbox; + tags are delivered.
    Mailboxes(("icloud.com", "me.com", "mac.com")),
    # fastmail.help: Plus addressing and subdomain addressing
    Mailboxes(("fastmail.com",)),
    Mailboxes(("fastmail.fm",)),
    # proton.me/support/creating-aliases (+ aliases); proton.me/support/pm-me-addresses (one name on all three)
    Mailboxes(("proton.me", "protonmail.com", "pm.me")),
)
BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}
# The domains whose dots mean nothing have an index of their own: see migrations/0002.
DOTLESS = BY_DOMAIN["gmail.com"].domains

# A rule on one of these turns away every customer of a whole provider, so it wants a second yes.
_WHOLE_PROVIDERS = """
    gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.es outlook.it outlook.be hotmail.com
    hotmail.fr hotmail.de hotmail.es hotmail.it hotmail.be hotmail.nl hotmail.co.uk live.com live.fr live.de
    live.be live.nl live.co.uk live.it msn.com windowslive.com icloud.com me.com mac.com yahoo.com yahoo.fr
    yahoo.de yahoo.es yahoo.it yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.com.br yahoo.ca ymail.com
    rocketmail.com aol.com aol.de aim.com proton.me protonmail.com pm.me fastmail.com fastmail.fm zoho.com
    zohomail.eu mail.com tutanota.com tuta.io tuta.com hey.com posteo.de mailbox.org gmx.de gmx.net gmx.com
    gmx.at gmx.ch web.de t-online.de freenet.de arcor.de online.de vodafone.de 1und1.de orange.fr wanadoo.fr
    free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr aliceadsl.fr club-internet.fr libero.it
    virgilio.it alice.it tin.it tiscali.it fastwebnet.it email.it telefonica.net terra.es ono.com movistar.es
    sapo.pt mail.pt ziggo.nl kpnmail.nl planet.nl xs4all.nl telenet.be skynet.be proximus.be bluewin.ch
    sunrise.ch hispeed.ch aon.at chello.at btinternet.com sky.com virginmedia.com talktalk.net ntlworld.com
    blueyonder.co.uk tiscali.co.uk eircom.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net
    cox.net charter.net earthlink.net juno.com optonline.net rogers.com shaw.ca sympatico.ca videotron.ca
    bigpond.com optusnet.com.au xtra.co.nz uol.com.br bol.com.br terra.com.br ig.com.br globo.com qq.com
    foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com naver.com daum.net
    hanmail.net kakao.com nate.com docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp rediffmail.com
    mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net i.ua meta.ua wp.pl o2.pl
    onet.pl interia.pl op.pl poczta.onet.pl gazeta.pl seznam.cz email.cz centrum.cz post.cz azet.sk zoznam.sk
    freemail.hu citromail.hu abv.bg mail.bg inbox.lv one.lt online.no telia.com comhem.se bredband.net
    jubii.dk mail.dk elisanet.fi kolumbus.fi walla.com walla.co.il 012.net.il
"""
WHOLE_PROVIDERS = frozenset(_WHOLE_PROVIDERS.split())
