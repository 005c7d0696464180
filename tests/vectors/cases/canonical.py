"""Canonical JSON, base64 and hexadecimal: one spelling each."""

import base64

from tests.vectors.cases.fixed import Case


def _bytes(data: bytes) -> str:
    return base64.b64encode(data).decode()


GOOD: dict[str, str] = {
    "null": "null",
    "true": "true",
    "zero": "0",
    "a negative number": "-7",
    "the largest number": "9007199254740991",
    "the smallest number": "-9007199254740991",
    "an empty text": '""',
    "an empty list": "[]",
    "an empty object": "{}",
    "a nested document": '{"a":[1,{"b":null}],"c":{"d":[[],{}]}}',
    "the escapes that must be": '"\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f"',
    "what must not be escaped": '"/\u007f\u0080\u2028\u2029\ufeff\uffff\ufdd0"',
    "text outside the basic plane": '"\U0001f339\U0010ffff"',
    "text that looks composed and one that is not": '"\u00e9e\u0301"',
    "names in the order of UTF-16": '{"":0,"\\r":1,"1":2,"A":3,"a":4,"\u00f6":5,"\u20ac":6,'
    '"\U0001f600":7,"\ufb33":8}',
    "a name that JavaScript knows": '{"__proto__":1,"constructor":2,"toString":3}',
    "names that look like numbers": '{"0":1,"1":2,"10":3,"2":4}',
}
BAD: dict[str, bytes] = {
    "nothing": b"",
    "white space before": b" 1",
    "a line end after": b"1\n",
    "a space after a colon": b'{"a": 1}',
    "a space after a comma": b"[1, 2]",
    "names in another order": b'{"b":1,"a":2}',
    "names in the order of code points": '{"\ufb33":8,"\U0001f600":7}'.encode(),
    "names in the order of numbers": b'{"2":1,"10":2}',
    "a name twice with the same value": b'{"a":1,"a":1}',
    "a name twice with two values": b'{"a":1,"a":2}',
    "the same name in two spellings": b'{"a":1,"\\u0061":1}',
    "a letter escaped": b'"\\u0061"',
    "a slash escaped": b'"\\/"',
    "a short escape spelled long": b'"\\u000a"',
    "a long escape in upper case": b'"\\u001F"',
    "a pair escaped": b'"\\ud83c\\udf39"',
    "a lone high surrogate": b'"\\ud800"',
    "a lone low surrogate": b'"\\udc00"',
    "two surrogates in the wrong order": b'"\\udf39\\ud83c"',
    "a surrogate as bytes": b'"\xed\xa0\x80"',
    "a lone surrogate in a name": b'{"\\ud800":1}',
    "bytes that are no UTF-8": b'"\xff"',
    "an overlong slash": b'"\xc0\xaf"',
    "a character above the last": b'"\xf4\x90\x80\x80"',
    "a byte order mark": b"\xef\xbb\xbf1",
    "UTF-16": '"a"'.encode("utf-16-le"),
    "a control character not escaped": b'"\n"',
    "a fraction": b"1.5",
    "a whole number with a fraction": b"1.0",
    "an exponent": b"1e2",
    "a large number as JavaScript writes it": b"1e+21",
    "a number too large to be exact": b"9007199254740993",
    "a number one too large": b"9007199254740992",
    "a number one too small": b"-9007199254740992",
    "a number beyond every double": b"1e999",
    "a very long number": b"9" * 400,
    "minus zero": b"-0",
    "a plus sign": b"+1",
    "a leading zero": b"01",
    "hexadecimal": b"0x1",
    "not a number": b"NaN",
    "infinity": b"Infinity",
    "a word": b"undefined",
    "capitals": b"True",
    "single quotes": b"'a'",
    "a name without quotes": b"{a:1}",
    "a comma at the end": b"[1,]",
    "a comment": b"1/*one*/",
    "two values": b"1 2",
    "an open list": b"[",
    "an open text": b'"a',
    "a zero byte": b"1\0",
    "three thousand lists that do not end": b"[" * 3000,
}
B64: dict[str, tuple[str, str | None]] = {
    "nothing": ("", ""),
    "one byte": ("AA==", "00"),
    "two bytes": ("//8=", "ffff"),
    "three bytes": ("+/+/", "fbffbf"),
    "stray bits after one byte": ("AB==", None),
    "stray bits after two bytes": ("AAB=", None),
    "no padding": ("AA", None),
    "half the padding": ("AA=", None),
    "too much padding": ("AAAA====", None),
    "padding in the middle": ("AA==AA==", None),
    "the alphabet of addresses": ("-_-_", None),
    "a space": ("AA AA", None),
    "a line end": ("AAAA\n", None),
    "a single symbol": ("A", None),
    "junk": ("AA!=", None),
    "a full-width letter": ("\uff21AAA", None),
}
B64RAW: dict[str, tuple[str, str | None]] = {
    "nothing": ("", ""),
    "one byte": ("AA", "00"),
    "two bytes": ("//8", "ffff"),
    "three bytes": ("+/+/", "fbffbf"),
    "stray bits after one byte": ("AB", None),
    "stray bits after two bytes": ("AAB", None),
    "padding": ("AA==", None),
    "a single symbol": ("A", None),
    "five symbols": ("AAAAA", None),
    "a line end": ("AAAA\n", None),
}
HEX: dict[str, tuple[str, int, bool]] = {
    "two bytes": ("00ff", 2, True),
    "no bytes": ("", 0, True),
    "upper case": ("00FF", 2, False),
    "a byte too few": ("00", 2, False),
    "a byte too many": ("00ff00", 2, False),
    "half a byte": ("00f", 2, False),
    "a space": ("00 ff", 2, False),
    "a prefix": ("0x00", 2, False),
    "a letter that is none": ("00fg", 2, False),
    "full-width digits": ("\uff10\uff10ff", 2, False),
    "a sign": ("+0ff", 2, False),
}
DECIMAL: dict[str, bool] = {
    "0": True,
    "7": True,
    "20852163": True,
    "9" * 18: True,
    "1" + "0" * 18: False,
    "": False,
    "00": False,
    "07": False,
    "+7": False,
    "-7": False,
    "-0": False,
    " 7": False,
    "7 ": False,
    "7\n": False,
    "7\u2028": False,
    "1_000": False,
    "1,000": False,
    "7.0": False,
    "7e1": False,
    "7n": False,
    "0x10": False,
    "\uff17": False,
    "\u0667": False,
    "\u00b2": False,
}


def cases() -> list[Case]:
    made: list[Case] = [
        {"name": f"json: {name}", "op": "json", "bytes": _bytes(text.encode()), "expect": "ok"}
        for name, text in GOOD.items()
    ]
    made += [
        {"name": f"json: {name}", "op": "json", "bytes": _bytes(data), "expect": "Malformed"}
        for name, data in BAD.items()
    ]
    for op, table in (("b64", B64), ("b64raw", B64RAW)):
        for name, (text, data) in table.items():
            expect = "Malformed" if data is None else "ok"
            made.append(
                {
                    "name": f"{op}: {name}",
                    "op": op,
                    "text": text,
                    "hex": data,
                    "expect": expect,
                }
            )
    made += [
        {
            "name": f"hex: {name}",
            "op": "hex",
            "text": text,
            "size": size,
            "expect": "ok" if good else "Malformed",
        }
        for name, (text, size, good) in HEX.items()
    ]
    made += [
        {
            "name": f"decimal: {text!r}",
            "op": "decimal",
            "text": text,
            "expect": "ok" if good else "Malformed",
        }
        for text, good in DECIMAL.items()
    ]
    return made
