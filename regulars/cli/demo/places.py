"""Countries with what an address and a phone number look like there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A city; `#` in the postcode stands for any digit, `@` for any letter."""

    name: str
    region: str
    postcode: str


@dataclass(frozen=True, slots=True, eq=False)
class Country:
    """What people of a country are like: how many there are in the demo, their languages, names, numbers, streets.

    Phones are patterns of the national number; `trunk` is what people at home type before it. A street holds `{n}`
    where the house number goes.
    """

    code: str
    share: float
    cultures: dict[str, int]
    language: str
    dial: str
    trunk: str
    mobiles: tuple[str, ...]
    landlines: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[City, ...]


def _country(
    code: str, share: float, cultures: str, language: str, phones: str, streets: str, cities: str
) -> Country:
    """`cultures` "fr:9 ar:1", `phones` "dial trunk mobile|mobile landline|landline" (trunk "-" for none), `streets`
    parted by ";", `cities` "name,region,postcode;…"."""
    dial, trunk, mobiles, landlines = phones.split()
    return Country(
        code=code,
        share=share,
        cultures={
            name: int(weight) for name, _, weight in (part.partition(":") for part in cultures.split())
        },
        language=language,
        dial=dial,
        trunk="" if trunk == "-" else trunk,
        mobiles=tuple(mobiles.split("|")),
        landlines=tuple(landlines.split("|")),
        streets=tuple(streets.split(";")),
        cities=tuple(City(*part.split(",")) for part in cities.split(";")),
    )


COUNTRIES = (
    _country(
        "FR", 34, "fr:86 ar:5 pt:3 es:2 it:2 vi:1 en:1", "fr",
        "33 0 61#######|62#######|66#######|76####### 14#######|47#######|38#######",
        "{n} rue de la Paix;{n} rue des Lilas;{n} avenue Victor-Hugo;{n} rue de l’Église;"
        "{n} place de la République;{n} chemin des Vignes;{n} bis rue Saint-Honoré;{n} impasse du Moulin;"
        "{n} boulevard Gambetta;{n} quai des Brumes;{n} allée des Tilleuls;{n} rue du Général-Leclerc",
        "Paris,Île-de-France,750##;Lyon,Auvergne-Rhône-Alpes,6900#;"
        "Marseille,Provence-Alpes-Côte d’Azur,1300#;Lille,Hauts-de-France,59000;Toulouse,Occitanie,31#00;"
        "Nantes,Pays de la Loire,44000;Bordeaux,Nouvelle-Aquitaine,33#00;Strasbourg,Grand Est,67000;"
        "Nice,Provence-Alpes-Côte d’Azur,06#00;Rennes,Bretagne,35#00;"
        "Besançon,Bourgogne-Franche-Comté,25000;Saint-Étienne,Auvergne-Rhône-Alpes,42#00;"
        "Ajaccio,Corse,20000;Orléans,Centre-Val de Loire,45000",
    ),
    _country(
        "DE", 13, "de:84 tr:9 pl:4 uk:2 ar:1", "de",
        "49 0 151########|160#######|171#######|176######## 30########|89########|40########",
        "Hauptstraße {n};Bahnhofstraße {n};Gartenweg {n};Schillerstraße {n};Am Mühlbach {n};"
        "Lindenallee {n};Kirchgasse {n}a;Rosenweg {n};Goethestraße {n}",
        "Berlin,Berlin,10###;München,Bayern,80###;Hamburg,Hamburg,20###;Köln,Nordrhein-Westfalen,50###;"
        "Frankfurt am Main,Hessen,60###;Leipzig,Sachsen,04###;Nürnberg,Bayern,90###;"
        "Düsseldorf,Nordrhein-Westfalen,40###;Freiburg im Breisgau,Baden-Württemberg,79###",
    ),
    _country(
        "BE", 6, "fr:45 nl:50 ar:5", "fr",
        "32 0 47#######|48#######|49####### 25######|32######",
        "Rue Royale {n};Kerkstraat {n};Avenue Louise {n};Stationsstraat {n};Chaussée de Wavre {n};"
        "Molenweg {n}",
        "Bruxelles,Bruxelles-Capitale,10##;Antwerpen,Vlaanderen,20##;Gent,Vlaanderen,90##;"
        "Liège,Wallonie,40##;Namur,Wallonie,50##;Brugge,Vlaanderen,80##",
    ),
    _country(
        "GB", 7, "en:90 hi:5 pl:3 ar:2", "en",
        "44 0 7400######|7500######|7800######|7912###### 207#######|161496####",
        "{n} High Street;{n} Church Lane;{n} Station Road;{n} Victoria Road;{n}A Mill Lane;"
        "Flat 2, {n} Queen’s Gardens;{n} The Crescent",
        "London,England,N# #@@;Manchester,England,M# #@@;Leeds,England,LS# #@@;Bristol,England,BS# #@@;"
        "Glasgow,Scotland,G## #@@;Cardiff,Wales,CF## #@@;Belfast,Northern Ireland,BT# #@@",
    ),
    _country(
        "US", 6, "en:72 es:16 zh:4 hi:3 vi:3 ko:2", "en",
        "1 - 212555####|310555####|415555####|646555####|512555#### 212555####|617555####",
        "{n} Main Street;{n} Oak Avenue;{n} Maple Drive Apt 4B;{n} Washington Boulevard;{n} Elm Court;"
        "{n} Lakeview Terrace;{n} 5th Street NW",
        "New York,NY,100##;Los Angeles,CA,900##;Chicago,IL,606##;Houston,TX,770##;San Francisco,CA,941##;"
        "Boston,MA,021##;Seattle,WA,981##;Austin,TX,787##",
    ),
    _country(
        "ES", 6, "es:97 ar:2 en:1", "es",
        "34 - 61#######|62#######|65#######|66####### 91#######|93#######",
        "Calle Mayor {n};Avenida de la Constitución {n};Calle del Sol {n}, 2º B;Paseo Marítimo {n};"
        "Plaza España {n};Camí de Ronda {n}",
        "Madrid,Madrid,280##;Barcelona,Cataluña,080##;València,Comunitat Valenciana,460##;"
        "Sevilla,Andalucía,410##;A Coruña,Galicia,150##;Donostia,País Vasco,200##;Málaga,Andalucía,290##",
    ),
    _country(
        "IT", 5, "it:97 ar:2 zh:1", "it",
        "39 - 328#######|333#######|347####### 06########|02########",
        "Via Roma {n};Via Garibaldi {n};Corso Vittorio Emanuele {n};Piazza Dante {n};Via dei Mille {n};"
        "Viale Europa {n}/B",
        "Roma,Lazio,001##;Milano,Lombardia,201##;Napoli,Campania,801##;Torino,Piemonte,101##;"
        "Forlì,Emilia-Romagna,47121;Firenze,Toscana,501##;Cefalù,Sicilia,90015",
    ),
    _country(
        "NL", 4, "nl:90 tr:5 ar:5", "nl",
        "31 0 61#######|62#######|64####### 20#######|10#######",
        "Dorpsstraat {n};Kerkstraat {n};Prinsengracht {n};Molenlaan {n};Beatrixplein {n};’s-Gravenweg {n}",
        "Amsterdam,Noord-Holland,10## @@;Rotterdam,Zuid-Holland,30## @@;Utrecht,Utrecht,35## @@;"
        "’s-Hertogenbosch,Noord-Brabant,52## @@;Groningen,Groningen,97## @@",
    ),
    _country(
        "CH", 3, "de:60 fr:28 it:12", "de",
        "41 0 76#######|78#######|79####### 44#######|22#######",
        "Bahnhofstrasse {n};Rue du Lac {n};Dorfstrasse {n};Via Nassa {n};Seestrasse {n}",
        "Zürich,ZH,80##;Genève,GE,12##;Bern,BE,30##;Lausanne,VD,10##;Lugano,TI,69##",
    ),
    _country(
        "AT", 2, "de:92 tr:5 hu:3", "de",
        "43 0 664#######|676#######|680####### 1#######",
        "Ringstraße {n};Mariahilfer Straße {n};Mozartgasse {n};Am Graben {n}",
        "Wien,Wien,1##0;Graz,Steiermark,80##;Salzburg,Salzburg,50##;Innsbruck,Tirol,60##",
    ),
    _country(
        "PT", 2, "pt:100", "pt",
        "351 - 91#######|93#######|96####### 21#######|22#######",
        "Rua Augusta {n};Avenida da Liberdade {n};Rua das Flores {n}, 3.º Esq.;Travessa do Sol {n}",
        "Lisboa,Lisboa,1###-###;Porto,Porto,4###-###;Évora,Évora,70##-###;Setúbal,Setúbal,29##-###",
    ),
    _country(
        "PL", 2, "pl:95 uk:5", "pl",
        "48 - 501######|602######|695######|790###### 22#######",
        "ul. Długa {n};ul. Kościuszki {n}/4;al. Niepodległości {n};ul. Łąkowa {n};ul. Świętokrzyska {n}",
        "Warszawa,mazowieckie,0#-###;Kraków,małopolskie,3#-###;Łódź,łódzkie,9#-###;Gdańsk,pomorskie,80-###;"
        "Wrocław,dolnośląskie,5#-###",
    ),
    _country(
        "IE", 1, "en:95 pl:5", "en",
        "353 0 85#######|86#######|87####### 1#######",
        "{n} Patrick Street;{n} Main Street;{n} Seaview Terrace;{n} O’Connell Street",
        "Dublin,Leinster,D0# @###;Cork,Munster,T12 @###;Galway,Connacht,H91 @###",
    ),
    _country(
        "CA", 1, "en:70 fr:20 zh:6 hi:4", "en",
        "1 - 416555####|514555####|604555#### 416555####",
        "{n} King Street West;{n} rue Sainte-Catherine;{n} Granville Street;{n} Maple Road",
        "Toronto,ON,M5V #A#;Montréal,QC,H2X #B#;Vancouver,BC,V6B #C#;Québec,QC,G1R #E#",
    ),
    _country(
        "SE", 1, "sv:96 ar:4", "sv",
        "46 0 70#######|73#######|76####### 8#######",
        "Storgatan {n};Kungsgatan {n};Björkvägen {n};Ågatan {n}",
        "Stockholm,Stockholm,11# ##;Göteborg,Västra Götaland,41# ##;Malmö,Skåne,21# ##;"
        "Umeå,Västerbotten,90# ##",
    ),
    _country(
        "DK", 0.8, "da:100", "da",
        "45 - 20######|26######|51###### 33######",
        "Nørregade {n};Strandvejen {n};Søndergade {n};Ærøvej {n}",
        "København,Hovedstaden,1###;Aarhus,Midtjylland,8000;Odense,Syddanmark,5000",
    ),
    _country(
        "NO", 0.7, "da:80 sv:20", "no",
        "47 - 412#####|917#####|480##### 22######",
        "Storgata {n};Skolegata {n};Bjørnveien {n};Øvre Slottsgate {n}",
        "Oslo,Oslo,01##;Bergen,Vestland,50##;Tromsø,Troms,90##",
    ),
    _country(
        "FI", 0.7, "fi:90 sv:10", "fi",
        "358 0 40#######|50####### 9#######",
        "Mannerheimintie {n};Koulukatu {n} A 12;Mäkelänkatu {n};Rantatie {n}",
        "Helsinki,Uusimaa,00##0;Tampere,Pirkanmaa,33##0;Jyväskylä,Keski-Suomi,40##0",
    ),
    _country(
        "CZ", 0.8, "cs:96 uk:4", "cs",
        "420 - 602######|720######|777###### 22#######",
        "Dlouhá {n};Náměstí Míru {n};Husova {n};Květinová {n}",
        "Praha,Praha,1## 00;Brno,Jihomoravský kraj,60# 00;Plzeň,Plzeňský kraj,30# 00",
    ),
    _country(
        "HU", 0.6, "hu:100", "hu",
        "36 06 20#######|30#######|70####### 1#######",
        "Fő utca {n}.;Petőfi Sándor utca {n}.;Rákóczi út {n}.",
        "Budapest,Budapest,1##1;Győr,Győr-Moson-Sopron,9021;Pécs,Baranya,7621",
    ),
    _country(
        "RO", 0.7, "ro:96 hu:4", "ro",
        "40 0 721######|740######|766###### 21#######",
        "Strada Florilor {n};Bulevardul Unirii {n}, ap. 5;Strada Ștefan cel Mare {n}",
        "București,București,01####;Cluj-Napoca,Cluj,40####;Iași,Iași,70####",
    ),
    _country(
        "GR", 0.7, "el:97 bg:3", "el",
        "30 - 691#######|694#######|697####### 210#######",
        "Ερμού {n};Λεωφόρος Αλεξάνδρας {n};Οδός Αθηνάς {n};Παπαναστασίου {n}",
        "Αθήνα,Αττική,10# ##;Θεσσαλονίκη,Κεντρική Μακεδονία,54# ##;Πάτρα,Δυτική Ελλάδα,26# ##",
    ),
    _country(
        "BG", 0.5, "bg:97 tr:3", "bg",
        "359 0 87#######|88####### 2#######",
        "бул. Витоша {n};ул. Шипка {n};ул. Иван Вазов {n}",
        "София,София,1###;Пловдив,Пловдив,40##;Варна,Варна,90##",
    ),
    _country(
        "UA", 0.6, "uk:100", "uk",
        "380 0 50#######|67#######|93####### 44#######",
        "вул. Шевченка {n};просп. Свободи {n};вул. Лесі Українки {n}",
        "Київ,Київ,01###;Львів,Львівська область,79###;Одеса,Одеська область,65###",
    ),
    _country(
        "TR", 0.8, "tr:98 ar:2", "tr",
        "90 0 532#######|542#######|555####### 212#######",
        "Atatürk Caddesi No: {n};Işıklar Sokak No: {n};Cumhuriyet Mahallesi {n}. Sokak",
        "İstanbul,İstanbul,34###;Ankara,Ankara,06###;İzmir,İzmir,35###;Diyarbakır,Diyarbakır,21###",
    ),
    _country(
        "IL", 0.5, "he:90 ar:10", "he",
        "972 0 50#######|52#######|54####### 3#######",
        "רחוב הרצל {n};שדרות רוטשילד {n};רחוב דיזנגוף {n}",
        "תל אביב,תל אביב,6######;ירושלים,ירושלים,9######;חיפה,חיפה,3######",
    ),
    _country(
        "MA", 0.9, "ar:85 fr:15", "ar",
        "212 0 61#######|66####### 522######",
        "شارع محمد الخامس {n};Avenue Hassan II {n};زنقة الورود {n}",
        "الدار البيضاء,الدار البيضاء-سطات,20###;الرباط,الرباط-سلا-القنيطرة,10###;مراكش,مراكش-آسفي,40###",
    ),
    _country(
        "AE", 0.4, "ar:60 hi:25 en:15", "ar",
        "971 0 50#######|55#######|56####### 4#######",
        "شارع الشيخ زايد {n};شارع الخليج {n};Marina Walk {n}",
        "دبي,دبي,;أبوظبي,أبوظبي,;الشارقة,الشارقة,",
    ),
    _country(
        "IN", 0.7, "hi:85 en:15", "hi",
        "91 0 98########|99########|91######## 11########",
        "{n}, एम जी रोड;{n}, गांधी मार्ग;{n} Park Street;{n}, स्टेशन रोड",
        "मुंबई,महाराष्ट्र,4000##;दिल्ली,दिल्ली,1100##;Bengaluru,Karnataka,5600##;जयपुर,राजस्थान,3020##",
    ),
    _country(
        "TH", 0.4, "th:97 en:3", "th",
        "66 0 81#######|89#######|92####### 2#######",
        "{n} ถนนสุขุมวิท;{n} ถนนสีลม;{n} ถนนราชดำเนิน",
        "กรุงเทพมหานคร,กรุงเทพมหานคร,10##0;เชียงใหม่,เชียงใหม่,50##0;ภูเก็ต,ภูเก็ต,83##0",
    ),
    _country(
        "VN", 0.4, "vi:100", "vi",
        "84 0 90#######|91#######|98####### 24########",
        "{n} Nguyễn Huệ;{n} Lê Lợi;{n} Trần Hưng Đạo",
        "Hà Nội,Hà Nội,10####;Thành phố Hồ Chí Minh,Hồ Chí Minh,70####;Đà Nẵng,Đà Nẵng,55####",
    ),
    _country(
        "CN", 0.7, "zh:100", "zh",
        "86 0 138########|139########|186######## 10########",
        "中山路{n}号;人民路{n}号;解放大道{n}号;长安街{n}号",
        "北京,北京市,1000##;上海,上海市,2000##;广州,广东省,5100##;成都,四川省,6100##",
    ),
    _country(
        "JP", 1, "ja:98 ko:1 en:1", "ja",
        "81 0 80########|90########|70######## 3########",
        "本町{n}丁目2-3;中央{n}-4-1;桜木町{n}番地;緑ヶ丘{n}-12",
        "東京都千代田区,東京都,10#-00##;大阪市,大阪府,53#-00##;京都市,京都府,60#-80##;"
        "札幌市,北海道,06#-00##",
    ),
    _country(
        "KR", 0.5, "ko:100", "ko",
        "82 0 102#######|103#######|109####### 2########",
        "세종대로 {n};테헤란로 {n};중앙로 {n}",
        "서울특별시,서울특별시,0####;부산광역시,부산광역시,4####;대구광역시,대구광역시,4####",
    ),
    _country(
        "BR", 0.6, "pt:98 ja:2", "pt-BR",
        "55 - 119########|219########|319######## 113#######",
        "Rua das Palmeiras, {n};Avenida Paulista, {n};Rua São João, {n} ap. 12",
        "São Paulo,SP,01###-###;Rio de Janeiro,RJ,20###-###;Belo Horizonte,MG,30###-###;"
        "Brasília,DF,70###-###",
    ),
)  # fmt: skip
