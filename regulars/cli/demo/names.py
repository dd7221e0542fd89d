"""Common given names and surnames by culture, the commonest first.

Names in other scripts carry how their bearers write them in Latin letters ("Γιώργος/Giorgos"): e-mail addresses are
made from that, and some people sign up with it.
"""

from dataclasses import dataclass
from functools import lru_cache

from regulars.kit.text import fold


@dataclass(frozen=True, slots=True)
class Name:
    """A given name or a surname as written, in Latin letters, and as e-mail addresses hold it."""

    written: str
    latin: str
    ascii: str


GIVEN = {
    "fr": "Marie Jean Pierre Camille Nicolas Julie Thomas Léa Chloé François Émilie Hélène Antoine Mathieu "
    "Sophie Céline Lucas Manon Hugo Inès Zoé Gaël Maëlys Noé Jérôme Aurélie Benoît Stéphane Éric Anaïs "
    "Loïc Margaux Clément Élodie Pauline Guillaume Véronique André Cécile Rémi Océane Théo Agnès Yves "
    "Raphaël Louise Alice Jules Marie-Claire Jean-Luc",
    "de": "Anna Lukas Michael Sabine Thomas Julia Jürgen Andreas Ursula Stefan Katharina Günther Björn Jörg "
    "Käthe Sören Leonie Finn Maximilian Sophie Heike Petra Wolfgang Matthias Lena Jonas Hannah Felix "
    "Monika Uwe Renate Tobias Greta Emil Mia Paul Frieda Karl-Heinz Annegret Änne",
    "es": "María José Antonio Carmen Lucía Javier Sofía Álvaro Martín Íñigo Begoña Raúl Ángel Inés Andrés "
    "Óscar Paula Hugo Daniela Alejandro Rocío Joaquín Nuria Pablo Marta Sergio Elena Mateo Valeria "
    "Jesús Ramón Pilar Ximena Itziar",
    "it": "Giulia Marco Francesca Alessandro Sofia Luca Chiara Matteo Martina Giuseppe Niccolò Lorenzo "
    "Aurora Andrea Federica Davide Elisa Simone Noemi Riccardo Beatrice Gabriele Giovanni Ludovica "
    "Pietro Anna Edoardo Ilaria",
    "pt": "Maria João Ana Pedro Inês Tiago Beatriz José Gonçalo Mariana António Conceição Luís Catarina "
    "Simão Leonor Rafael Matilde Nuno Sofia Duarte Letícia Thiago Larissa Caio Fábio Júlia Sebastião",
    "nl": "Emma Daan Sanne Jan Lotte Bram Femke Pieter Anouk Ruben Noor Sem Fleur Thijs Marieke Joost Maaike "
    "Koen Iris Lars Eva Jasper Zoë Noël Renée Wouter Mirjam Sjoerd",
    "en": "James Olivia Oliver Amelia George Emily Jack Sophie Harry Grace William Charlotte Thomas Hannah "
    "Daniel Lucy Michael Sarah David Emma John Elizabeth Robert Jessica Matthew Megan Andrew Rachel "
    "Ryan Ashley Tyler Madison Ethan Ava Noah Mia Liam Chloë Zoe Connor Siân Niamh Seán Aoife Maya "
    "Jordan Taylor Logan",
    "pl": "Anna Piotr Katarzyna Krzysztof Małgorzata Andrzej Agnieszka Paweł Barbara Łukasz Ewa Michał Zofia "
    "Stanisław Magdalena Jakub Joanna Tomasz Grażyna Wojciech Żaneta Świętosław Hanna Bożena",
    "cs": "Jana Jiří Marie Petr Eva Tomáš Hana Jan Lenka Martin Kateřina Pavel Lucie Zdeněk Věra Ondřej "
    "Tereza Jaroslav Alžběta Matěj Eliška Vojtěch Božena Štěpán",
    "hu": "László Mária István Katalin József Erzsébet Zoltán Ilona Gábor Éva Attila Judit Péter Zsófia "
    "Tamás Anikó Bence Réka Ádám Nóra Dániel Hanna Máté Tünde",
    "ro": "Maria Andrei Elena Alexandru Ioana Ștefan Ana Mihai Cristina Ionuț Gabriela Florin Mădălina "
    "Răzvan Simona Vlad Bianca Cătălin Raluca Ilinca",
    "sv": "Anna Erik Maria Lars Karin Anders Kristina Johan Åsa Björn Maja Oskar Linnéa Nils Elsa Göran Ebba "
    "Per Märta Axel Freja Gösta Alva Åke",
    "da": "Anne Peter Mette Jens Kirsten Lars Søren Hanne Mads Ida Jørgen Freja Rasmus Bjørn Signe Magnus "
    "Åse Ingrid Kåre Sølvi Håkon Nora Ole",
    "fi": "Maria Juha Anneli Timo Kaisa Matti Hannele Antti Aino Väinö Päivi Jari Eeva Mikko Sanni Eetu "
    "Kyösti Tuuli Pekka Venla",
    "el": "Γιώργος/Giorgos Μαρία/Maria Γιάννης/Giannis Ελένη/Eleni Κώστας/Kostas Κατερίνα/Katerina "
    "Δημήτρης/Dimitris Σοφία/Sofia Νίκος/Nikos Βασιλική/Vasiliki Παναγιώτης/Panagiotis "
    "Αικατερίνη/Aikaterini Χρήστος/Christos Ιωάννα/Ioanna Αντώνης/Antonis Δέσποινα/Despoina "
    "Σπύρος/Spyros Ειρήνη/Eirini",
    "bg": "Иван/Ivan Мария/Maria Георги/Georgi Елена/Elena Димитър/Dimitar Десислава/Desislava "
    "Николай/Nikolay Йорданка/Yordanka Петър/Petar Ивана/Ivana Стоян/Stoyan Гергана/Gergana "
    "Христо/Hristo Радка/Radka",
    "uk": "Олександр/Oleksandr Олена/Olena Андрій/Andrii Наталія/Nataliia Сергій/Serhii Ірина/Iryna "
    "Юрій/Yurii Оксана/Oksana Дмитро/Dmytro Тетяна/Tetiana Володимир/Volodymyr Людмила/Liudmyla "
    "Ярослав/Yaroslav Соломія/Solomiia Євген/Yevhen Ганна/Hanna",
    "tr": "Mehmet Ayşe Mustafa Fatma Ahmet Emine Ali Zeynep Hüseyin Elif İbrahim Işıl Ömer Çağla Yılmaz "
    "Gülşen Kadir Şule Oğuz İrem Barış Tuğba Işık Nazlı Cem Ebru Uğur Sıla",
    "he": "דוד/David נועה/Noa יוסף/Yosef תמר/Tamar משה/Moshe שרה/Sara אברהם/Avraham מאיה/Maya איתי/Itay "
    "רחל/Rachel אורי/Uri יעל/Yael דניאל/Daniel מיכל/Michal עומר/Omer שירה/Shira",
    "ar": "محمد/Mohamed فاطمة/Fatima أحمد/Ahmed مريم/Mariam علي/Ali عائشة/Aisha عمر/Omar نور/Nour "
    "يوسف/Youssef سارة/Sara خالد/Khaled ليلى/Layla حسن/Hassan هدى/Huda إبراهيم/Ibrahim ياسمين/Yasmin "
    "سعيد/Said رانيا/Rania طارق/Tarek زينب/Zainab",
    "hi": "राम/Ram प्रिया/Priya अमित/Amit अनीता/Anita राहुल/Rahul पूजा/Pooja संजय/Sanjay सुनीता/Sunita "
    "विजय/Vijay नेहा/Neha अर्जुन/Arjun काव्या/Kavya रवि/Ravi दीपिका/Deepika आरव/Aarav मीरा/Meera "
    "कृष्ण/Krishna लक्ष्मी/Lakshmi",
    "th": "สมชาย/Somchai สมหญิง/Somying ณัฐพล/Natthaphon สุดา/Suda ธนากร/Thanakorn วิภา/Wipha กิตติ/Kitti "
    "พิมพ์/Phim อนันต์/Anan มาลี/Mali ชัยวัฒน์/Chaiwat นภา/Napha วีระ/Wira กัญญา/Kanya",
    "vi": "Anh Minh Hương Tuấn Linh Hùng Thảo Dũng Ngọc Hải Lan Đức Phương Quân Trang Sơn Hạnh Việt Mai Thủy "
    "Khánh Bảo Ánh Phúc",
    "zh": "伟/Wei 芳/Fang 秀英/Xiuying 敏/Min 静/Jing 强/Qiang 磊/Lei 洋/Yang 艳/Yan 勇/Yong 杰/Jie 娟/Juan "
    "涛/Tao 明/Ming 超/Chao 秀兰/Xiulan 霞/Xia 平/Ping 刚/Gang 桂英/Guiying 子涵/Zihan 浩然/Haoran "
    "欣怡/Xinyi 雨桐/Yutong",
    "ja": "翔太/Shota 美咲/Misaki 健一/Kenichi 陽子/Yoko 大輔/Daisuke さくら/Sakura 拓也/Takuya "
    "由美子/Yumiko 蓮/Ren 結衣/Yui 誠/Makoto 恵子/Keiko 悠真/Yuma 花子/Hanako 隆/Takashi 葵/Aoi "
    "直樹/Naoki 真由美/Mayumi",
    "ko": "민준/Minjun 서연/Seoyeon 지훈/Jihoon 수빈/Subin 현우/Hyunwoo 지은/Jieun 도윤/Doyun 하은/Haeun "
    "성민/Sungmin 영희/Younghee 준호/Junho 유진/Yujin 상철/Sangchul 미경/Mikyung 예준/Yejun 은지/Eunji",
}
SURNAMES = {
    "fr": "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre "
    "Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert "
    "Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas "
    "Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin Masson Sanchez Gérard "
    "Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël Meyer Lucas Meunier Jean Pérez "
    "Marchand Dufour Blanchard Barbier Brun Dumas Brunet Schmitt Leroux Colas Hébert Pélissier "
    "L’Hôpital Bénard Châtelain Besnard",
    "de": "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer "
    "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange "
    "Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber "
    "Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther "
    "Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Böhm Groß Strauß Öztürk Yılmaz Nowak",
    "es": "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz "
    "Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez "
    "Ramos Gil Ramírez Serrano Blanco Molina Suárez Castro Ortega Delgado Ortiz Marín Rubio Núñez "
    "Iglesias Medina Peña Ibáñez Echeverría Zubizarreta",
    "it": "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa "
    "Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara "
    "Galli Martini Leone Longo D’Angelo Dell’Acqua Nicolò Cattaneo",
    "pt": "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Jesus Sousa Fernandes Gonçalves "
    "Gomes Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes "
    "Araújo Conceição Magalhães Simões Guimarães",
    "nl": "Jansen Vries Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra "
    "Peeters Janssens Maes Jacobs Willems Mertens Claes Goossens Wouters Kuipers Schouten Hoekstra "
    "Postma Beuken Zijlstra",
    "en": "Smith Jones Williams Brown Taylor Davies Wilson Evans Thomas Johnson Roberts Walker Wright "
    "Robinson Thompson White Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Clark "
    "Turner Hill Scott Cooper Morris Ward Moore King Watson Baker Harrison Morgan Patel Young Allen "
    "Mitchell Anderson Phillips Lee Bell Parker Davis Bennett Miller Cook Shaw Cox Price Murphy "
    "O’Brien O’Connor Kelly Ryan Byrne Garcia Rodriguez Martinez Hernandez Lopez Nguyen Kim Singh Khan "
    "Ali Carter Collins Stewart Murray Gray Fox Reid Rose Hunt Palmer Mills Knight MacDonald",
    "pl": "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak "
    "Dąbrowski Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Piotrowski Grabowski Pawłowski Michalski "
    "Król Wróbel Jabłoński Łuczak Żak Brzęczyszczykiewicz",
    "cs": "Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek Pospíšil "
    "Hájek Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Řezníček",
    "hu": "Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Takács Juhász Lakatos "
    "Mészáros Oláh Simon Rácz Fekete Szűcs Őze",
    "ro": "Popa Popescu Ionescu Dumitru Stan Stoica Gheorghe Matei Rusu Munteanu Lazăr Constantin Ciobanu "
    "Șerban Țepeș Moldovan Cojocaru Nistor Dobre Ungureanu",
    "sv": "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson "
    "Pettersson Jonsson Lindström Lindqvist Bergström Sjöberg Åkesson Öberg Nyström Hedlund Björk",
    "da": "Nielsen Jensen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen "
    "Madsen Kristensen Olsen Møller Bjørnstad Bakke Haugen Kjær Østergaard Ødegård Nygård",
    "fi": "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen "
    "Saarinen Salminen Hyvönen Pöyhönen Äijälä",
    "el": "Παπαδόπουλος/Papadopoulos Βλάχος/Vlachos Αγγελόπουλος/Angelopoulos Νικολαΐδης/Nikolaidis "
    "Γεωργίου/Georgiou Πετρίδης/Petridis Αθανασιάδης/Athanasiadis Δημητρίου/Dimitriou Παππάς/Pappas "
    "Οικονόμου/Oikonomou Μακρής/Makris Χατζής/Chatzis Καραγιάννης/Karagiannis Σταυρόπουλος/Stavropoulos",
    "bg": "Иванов/Ivanov Георгиев/Georgiev Димитров/Dimitrov Петров/Petrov Николов/Nikolov Христов/Hristov "
    "Стоянов/Stoyanov Тодоров/Todorov Илиев/Iliev Ангелов/Angelov Колев/Kolev Йорданов/Yordanov",
    "uk": "Мельник/Melnyk Шевченко/Shevchenko Бойко/Boiko Коваленко/Kovalenko Бондаренко/Bondarenko "
    "Ткаченко/Tkachenko Ковальчук/Kovalchuk Кравченко/Kravchenko Олійник/Oliinyk Шевчук/Shevchuk "
    "Поліщук/Polishchuk Лисенко/Lysenko Їжак/Yizhak Ґалаґан/Galagan",
    "tr": "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin "
    "Kara Koç Kurt Özkan Şimşek Polat Işık Erdoğan Güneş İnce",
    "he": "כהן/Cohen לוי/Levi מזרחי/Mizrahi פרץ/Peretz ביטון/Biton דהן/Dahan אברהם/Avraham פרידמן/Friedman "
    "מלכה/Malka אזולאי/Azoulay כץ/Katz שפירא/Shapira",
    "ar": "الأحمد/Al-Ahmad حسن/Hassan علي/Ali محمود/Mahmoud المصري/El-Masry إبراهيم/Ibrahim العلوي/Alaoui "
    "بنعلي/Benali الفاسي/El-Fassi خليل/Khalil عبدالله/Abdullah السيد/El-Sayed الهاشمي/Al-Hashimi "
    "ناصر/Nasser منصور/Mansour التازي/Tazi الشامسي/Al-Shamsi قاسم/Qasim",
    "hi": "शर्मा/Sharma वर्मा/Verma गुप्ता/Gupta सिंह/Singh कुमार/Kumar पटेल/Patel मिश्रा/Mishra यादव/Yadav "
    "जोशी/Joshi राव/Rao अग्रवाल/Agarwal मेहता/Mehta रेड्डी/Reddy नायर/Nair चौहान/Chauhan देसाई/Desai",
    "th": "แสงทอง/Saengthong ใจดี/Jaidee สุขสวัสดิ์/Suksawat ศรีสุข/Srisuk ทองดี/Thongdee บุญมี/Boonmee "
    "วงศ์ใหญ่/Wongyai รัตนกุล/Rattanakul ชัยชนะ/Chaichana พรหมมา/Phromma",
    "vi": "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
    "zh": "王/Wang 李/Li 张/Zhang 刘/Liu 陈/Chen 杨/Yang 黄/Huang 赵/Zhao 吴/Wu 周/Zhou 徐/Xu 孙/Sun 马/Ma "
    "朱/Zhu 胡/Hu 郭/Guo 何/He 林/Lin 高/Gao 欧阳/Ouyang",
    "ja": "佐藤/Sato 鈴木/Suzuki 高橋/Takahashi 田中/Tanaka 伊藤/Ito 渡辺/Watanabe 山本/Yamamoto "
    "中村/Nakamura 小林/Kobayashi 加藤/Kato 吉田/Yoshida 山田/Yamada 佐々木/Sasaki 山口/Yamaguchi "
    "松本/Matsumoto 井上/Inoue 髙島/Takashima 林/Hayashi",
    "ko": "김/Kim 이/Lee 박/Park 최/Choi 정/Jung 강/Kang 조/Cho 윤/Yoon 장/Jang 임/Lim 한/Han 오/Oh 서/Seo "
    "신/Shin 권/Kwon",
}
_COMPANY_WORDS = (
    "Atelier Nord Maison Lumen Studio Kestrel Hafen Aurora Tandem Verde Cobalt Ponte Lindental Bellevue Mistral Granit "
    "Orchard Quay Saffron Juniper Marble Fjord Delta Solaris Pinewood Harbour Meridian Almond Copper Terra Novo Alba"
)
COMPANY_FORMS = {
    "FR": "SARL", "BE": "SRL", "DE": "GmbH", "AT": "GmbH", "CH": "AG", "ES": "S.L.", "IT": "S.r.l.", "PT": "Lda.",
    "NL": "B.V.", "GB": "Ltd", "IE": "Ltd", "US": "LLC", "CA": "Inc.", "PL": "sp. z o.o.", "CZ": "s.r.o.", "SE": "AB",
    "NO": "AS", "DK": "ApS", "FI": "Oy", "TR": "A.Ş.", "JP": "株式会社", "KR": "주식회사", "CN": "有限公司",
}  # fmt: skip
_COMPANY_TRADES = "Trading Design Foods Books Repair Interiors Consulting Media Games Optics Cycles Supplies"


@lru_cache
def given_names(culture: str) -> list[Name]:
    """The given names of a culture, the commonest first."""
    return [_read(word) for word in GIVEN[culture].split()]


@lru_cache
def surnames(culture: str) -> list[Name]:
    """The surnames of a culture, the commonest first."""
    return [_read(word) for word in SURNAMES[culture].split()]


@lru_cache
def company_words() -> tuple[list[str], list[str]]:
    """What companies are called: fanciful words, and trades."""
    return _COMPANY_WORDS.split(), _COMPANY_TRADES.split()


def _read(word: str) -> Name:
    written, _slash, latin = word.partition("/")
    latin = latin or written
    return Name(written, latin, "".join(char for char in fold(latin) if char.isascii() and char.isalpha()))
