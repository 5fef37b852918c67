"""What names a country on a newsroom's page or in its address: rows of countries with their signs."""

_ENDS = """
AT wien tirol
AU sydney melbourne
BE brussels vlaanderen gent
CA quebec
CH swiss zuerich
CN xn--fiqs8s
DE berlin hamburg bayern koeln cologne nrw saarland
ES madrid barcelona cat gal eus
FR paris bzh alsace
GB uk scot wales cymru london
JP tokyo
NL amsterdam
RU xn--p1ai moscow
TR istanbul
UA xn--j1amh
US gov mil edu nyc
"""
_DIALLED = """
AE 971
AL 355
AM 374
AR 54
AT 43
AU 61
AZ 994
BA 387
BD 880
BE 32
BG 359
BH 973
BR 55
BY 375
CH 41
CL 56
CN 86
CO 57
CY 357
CZ 420
DE 49
DK 45
DZ 213
EE 372
EG 20
ES 34
ET 251
FI 358
FR 33
GB 44
GE 995
GH 233
GR 30
HK 852
HR 385
HU 36
ID 62
IE 353
IL 972
IN 91
IS 354
IT 39
JO 962
JP 81
KE 254
KH 855
KR 82
KW 965
LB 961
LI 423
LK 94
LT 370
LU 352
LV 371
MA 212
MD 373
ME 382
MK 389
MO 853
MT 356
MX 52
MY 60
NG 234
NL 31
NO 47
NP 977
NZ 64
PE 51
PH 63
PK 92
PL 48
PT 351
QA 974
RO 40
RS 381
SA 966
SE 46
SG 65
SI 386
SK 421
SN 221
TH 66
TN 216
TR 90
TW 886
TZ 255
UA 380
UG 256
VE 58
VN 84
ZA 27
ZM 260
ZW 263
"""
_SIGNS = """
AU A$ AU$
BR R$
CA C$ CA$
CH CHF
CZ Kč
GB £
HK HK$
IL ₪
IN ₹
KR ₩
KZ ₸
NG ₦
NZ NZ$
PH ₱
PL zł
RU ₽
SG S$
TH ฿
TR ₺
TW NT$
UA ₴
VN ₫
"""
_GENERIC = """
ac ag ai bz cc cd co cx dj fm gg gl gs im io la ly me ms mu nu pw sc sh so st tk to tv vc vg ws
"""


def _by_sign(table: str) -> dict[str, str]:
    """Each sign with the country in whose row it stands."""
    rows = (line.split() for line in table.strip().splitlines())
    return {sign: country for country, *signs in rows for sign in signs}


ENDS = _by_sign(_ENDS)
"""Ends of hosts that are one country's and not its code."""
GENERIC = frozenset(_GENERIC.split())
"""Codes of countries that the whole world uses as ends of hosts."""
DIALLED = _by_sign(_DIALLED)
"""Prefixes of telephones, by ITU-T E.164; not those that several countries share (+1, +7)."""
SIGNS = _by_sign(_SIGNS)
"""Signs of money, each of which one country writes much more than others."""
