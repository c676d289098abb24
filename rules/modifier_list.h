/* Every modifier: MODIFIER(SYMBOL, "name", "alias", KIND, may follow these kinds, "help"). An empty alias
 * is none. Which kinds may stand before one is the whole grammar of a chain, but for i, m and s, which need
 * `re`. */
#define KINDS_TEXT (IN(PLACE) | IN(ALL) | IN(CASED) | IN(NEQ) | IN(EXPAND))
#define KINDS_ENCODED (IN(UTF16) | IN(EXPAND) | IN(ALL) | IN(CASED) | IN(NEQ))
#define KINDS_ANY (~(uint32_t)IN(EXISTS))
MODIFIER(CONTAINS, "contains", "", PLACE,
    KINDS_TEXT | IN(WINDASH) | IN(UTF16) | IN(BASE64) | IN(OFFSET) | IN(REF),
    "the value stands somewhere in the text")
MODIFIER(STARTSWITH, "startswith", "", PLACE,
    KINDS_TEXT | IN(WINDASH) | IN(UTF16) | IN(BASE64) | IN(OFFSET) | IN(REF),
    "the text starts with the value")
MODIFIER(ENDSWITH, "endswith", "", PLACE,
    KINDS_TEXT | IN(WINDASH) | IN(UTF16) | IN(BASE64) | IN(OFFSET) | IN(REF), "the text ends with the value")
MODIFIER(ALL, "all", "", ALL, KINDS_ANY, "every value of the list must be met, not just one")
MODIFIER(CASED, "cased", "", CASED, KINDS_TEXT | IN(WINDASH) | IN(UTF16) | IN(BASE64) | IN(OFFSET) | IN(REF),
    "upper and lower case differ")
MODIFIER(NEQ, "neq", "", NEQ, ~(uint32_t)0, "the item holds when nothing of it is met")
MODIFIER(EXISTS, "exists", "", EXISTS, IN(NEQ), "true: the field is there, null included; false: it is not")
MODIFIER(RE, "re", "", RE, 0, "regular expression, found anywhere, case-sensitive")
MODIFIER(RE_I, "i", "ignorecase", RE_FLAG, IN(RE) | IN(RE_FLAG), "after re: case-insensitive")
MODIFIER(RE_M, "m", "multiline", RE_FLAG, IN(RE) | IN(RE_FLAG), "after re: ^ and $ at every line")
MODIFIER(RE_S, "s", "dotall", RE_FLAG, IN(RE) | IN(RE_FLAG), "after re: . takes line breaks too")
MODIFIER(CIDR, "cidr", "", CIDR, IN(EXPAND) | IN(ALL) | IN(NEQ), "an address in this network")
MODIFIER(BASE64, "base64", "", BASE64, KINDS_ENCODED, "the value in base64, with padding")
MODIFIER(BASE64OFFSET, "base64offset", "", OFFSET, KINDS_ENCODED,
    "the value inside a base64 text, at any alignment")
MODIFIER(WIDE, "wide", "utf16le", UTF16, IN(EXPAND) | IN(ALL) | IN(CASED) | IN(NEQ),
    "the value in UTF-16, little-endian")
MODIFIER(UTF16BE, "utf16be", "", UTF16, IN(EXPAND) | IN(ALL) | IN(CASED) | IN(NEQ),
    "the value in UTF-16, big-endian")
MODIFIER(UTF16, "utf16", "", UTF16, IN(EXPAND) | IN(ALL) | IN(CASED) | IN(NEQ),
    "the value in UTF-16 with byte order mark")
MODIFIER(WINDASH, "windash", "", WINDASH, KINDS_TEXT,
    "each dash or slash stands for any of - / and the long dashes")
MODIFIER(LT, "lt", "", COMPARE, IN(PART) | IN(ALL) | IN(NEQ), "less than the number")
MODIFIER(LTE, "lte", "", COMPARE, IN(PART) | IN(ALL) | IN(NEQ), "less than the number, or equal")
MODIFIER(GT, "gt", "", COMPARE, IN(PART) | IN(ALL) | IN(NEQ), "greater than the number")
MODIFIER(GTE, "gte", "", COMPARE, IN(PART) | IN(ALL) | IN(NEQ), "greater than the number, or equal")
MODIFIER(MINUTE, "minute", "", PART, IN(ALL) | IN(NEQ), "minute of a written date and time, 0-59")
MODIFIER(HOUR, "hour", "", PART, IN(ALL) | IN(NEQ), "hour of a written date and time, 0-23, no zone change")
MODIFIER(DAY, "day", "", PART, IN(ALL) | IN(NEQ), "day of the month of a written date, 1-31")
MODIFIER(WEEK, "week", "", PART, IN(ALL) | IN(NEQ), "ISO 8601 week of a written date, 1-53")
MODIFIER(MONTH, "month", "", PART, IN(ALL) | IN(NEQ), "month of a written date, 1-12")
MODIFIER(YEAR, "year", "", PART, IN(ALL) | IN(NEQ), "year of a written date")
MODIFIER(
    FIELDREF, "fieldref", "", REF, IN(PLACE) | IN(ALL) | IN(CASED) | IN(NEQ), "the value names another field")
MODIFIER(EXPAND, "expand", "", EXPAND, IN(PLACE) | IN(ALL) | IN(CASED) | IN(NEQ) | IN(CIDR) | IN(WINDASH),
    "%name% stands for the values of that list")
#undef KINDS_TEXT
#undef KINDS_ENCODED
#undef KINDS_ANY
