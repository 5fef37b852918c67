"""Words that do not tell one name from another: the tables behind the keys in `matching.py`."""


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


LEGAL_FORMS = _split(
    "ab ag aktiengesellschaft ans aps as asa bhd bv bvba co company corp corporation cv doo ehf eood ev gbr gmbh inc"
    " incorporated kft kg kgaa kk lda limited llc llp lllp lp ltd ltda mbh nv nyrt oao ohg oo ood ooo oy oyj plc pllc"
    " pte pty pvt sa saas sab sarl sas scrl sdn se sgps sha sia snc spa spol sprl srl sro uab ulc zao zrt"
)
"""What may end a company's name. None is a country's or state's code, as `eu` and `ca` in cleanco's list are."""

ARTICLES = frozenset({"the"})

SPELLINGS = {
    "centre": "center",
    "colour": "color",
    "defence": "defense",
    "harbour": "harbor",
    "labour": "labor",
    "licence": "license",
    "programme": "program",
    "theatre": "theater",
    "assn": "association",
    "bros": "brothers",
    "dept": "department",
    "govt": "government",
    "intl": "international",
    "natl": "national",
    "univ": "university",
}
"""British and American spellings and plain abbreviations of one word; `-isation` is a rule of `matching.py`."""

PHRASES = (
    ("united states of america", "us"),
    ("united states", "us"),
    ("united kingdom", "uk"),
    ("united nations", "un"),
    ("european union", "eu"),
    ("usa", "us"),
)
"""Names of states and unions that stand for their letters inside other names; the longer first."""

HONORIFICS = _split(
    "mr mrs ms miss mx dr prof professor sir dame lord lady hon honorable honourable rev reverend fr sr sister brother"
    " sen senator rep representative gov governor president judge justice lt col gen capt captain maj sgt cmdr adm"
    " excellency"
)
"""Words before a person's name that are no part of it."""

POST_NOMINALS = _split("phd md jd mba cpa cfa esq dds dvm rn mp mep obe cbe mbe kc qc frs")
"""Letters after a person's name; `jr`, `sr` and numerals are not here: they tell father from son."""

STOP_WORDS = _split("of for and in on at to de la le du des der die und y e")
"""Words too common in names to look a name up by."""

BODY_WORDS = _split(
    "administration agency association authority board bureau center centers commission committee council department"
    " foundation institute institutes ministry office organization service services society us"
)
"""Words that say what sort of body it is: with one acronym, names that differ in these alone are one body's."""

TITLE_RANKS = _split(
    "vice president senior chief executive officer director managing deputy assistant general head ceo cfo coo cto"
    " chair chairman chairwoman chairperson founder partner manager spokesman spokeswoman spokesperson media press"
)
"""Words of titles that many people bear."""

NUMERALS = _split("ii iii iv first second third fourth fifth sixth seventh eighth ninth tenth eleventh")

GENERATIONS = _split("jr sr ii iii iv")
"""Ends of a person's name that tell father from son."""

UNIONS = _split("us uk eu un european")
"""Words that, like the name of a country, say whose a public body is."""
