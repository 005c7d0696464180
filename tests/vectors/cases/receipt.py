"""Receipt codes: how they are written, read, checked and used."""

from crypto import receipt, signing, strict
from crypto.receipt import ReceiptCode
from crypto.recipient import from_seed
from tests.vectors.cases.fixed import CODE, INSTALLATION, OTHER_INSTALLATION, Case, seed

RAW = [bytes(15), b"\xff" * 15, bytes(range(15)), CODE.raw, seed("another code")[:15]]


def _codes() -> list[Case]:
    return [
        {
            "name": f"the code of {raw.hex()}",
            "op": "code",
            "raw": raw.hex(),
            "text": ReceiptCode(raw).text,
            "expect": "ok",
        }
        for raw in RAW
    ]


def _forgiven() -> list[Case]:
    text = CODE.text
    zeros = ReceiptCode(bytes(15)).text
    # A code with zeros and ones, which people write as letters.
    ones = ReceiptCode(bytes.fromhex("0842108421" * 3)).text
    wide = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F) if code != 0x2D})
    spelled = {
        "lower case": text.lower(),
        "no dashes": text.replace("-", ""),
        "spaces for dashes": text.replace("-", " "),
        "spaces around": f"  {text}\t\r\n",
        "a dash at the end": text + "-",
        "no-break and ideographic spaces": text.replace("-", "\u00a0\u3000"),
        "en dashes": text.replace("-", "\u2013"),
        "em dashes with thin spaces": text.replace("-", "\u2009\u2014\u2009"),
        "minus signs and non-breaking hyphens": text.replace("-", "\u2212\u2011"),
        "soft hyphens and zero-width spaces": text.replace("-", "\u00ad\u200b\ufeff"),
        "a line break": text.replace("-", "\n"),
        "full-width digits and letters": wide,
        "full-width lower case and dashes": wide.lower().replace("-", "\uff0d"),
        "other groups": text.replace("-", "")[:7] + "-" + text.replace("-", "")[7:],
    }
    made = [_parsed(name, typed, CODE.raw) for name, typed in spelled.items()]
    made.append(_parsed("O for every 0", zeros.replace("0", "O"), bytes(15)))
    made.append(_parsed("o for every 0", zeros.replace("0", "o"), bytes(15)))
    ones_raw = bytes.fromhex("0842108421" * 3)
    made += [
        _parsed(f"{letter} for every 1", ones.replace("1", letter), ones_raw) for letter in "IiLl"
    ]
    return made


def _parsed(name: str, text: str, raw: bytes) -> Case:
    return {
        "name": f"{name} is read as meant",
        "op": "parse",
        "text": text,
        "raw": raw.hex(),
        "expect": "ok",
    }


def _wrong() -> list[Case]:
    text = CODE.text
    plain = text.replace("-", "")
    swapped = plain[1] + plain[0] + plain[2:]
    length = {
        "nothing": "",
        "only dashes": "-----",
        "one symbol too few": text[:-1],
        "one symbol too many": text + "0",
        "twice the code": text + text,
        "a word": "hello",
        "a rose, which is one symbol too many": text + "\U0001f339",
        "an underscore between": text.replace("-", "_"),
        "dots between": text.replace("-", "."),
        "the code in quotes": f'"{text}"',
        "a combining mark": plain[:5] + "\u0301" + plain[5:],
    }
    character = {
        "U, which is no symbol": "U" + plain[1:],
        "an asterisk": "*" + plain[1:],
        "an Arabic digit": "\u0663" + plain[1:],
        "a mathematical digit": "\U0001d7d8" + plain[1:],
        "a Cyrillic letter": "\u0410" + plain[1:],
        "a dotless i": "\u0131" + plain[1:],
        "a long s": "\u017f" + plain[1:],
        "a Kelvin sign": "\u212a" + plain[1:],
        "a rose": "\U0001f339" + plain[1:],
        "half a surrogate pair": "\ud83c" + plain[1:],
        "a wrong first symbol": ("1" if plain[0] == "0" else "0") + plain[1:],
        "a wrong check symbol": plain[:-1] + ("1" if plain[-1] == "0" else "0"),
        "two neighbours exchanged": swapped,
        "two groups exchanged": plain[5:10] + plain[:5] + plain[10:],
        "a full-width letter that is no symbol": "\uff35" + plain[1:],
    }
    return [
        {
            "name": f"{name}: {looks_like}",
            "op": "parse",
            "text": typed,
            "looks_like": looks_like,
            "expect": "MalformedCode",
        }
        for looks_like, group in (("length", length), ("character", character))
        for name, typed in group.items()
    ]


def _every_symbol() -> list[Case]:
    """One code with each wrong symbol at each place would be long: here, each place once."""
    plain = CODE.text.replace("-", "")
    made: list[Case] = []
    for at, symbol in enumerate(plain):
        other = receipt.ALPHABET[(receipt.ALPHABET.index(symbol) + 16) % 32]
        made.append(
            {
                "name": f"a wrong symbol at place {at + 1}",
                "op": "parse",
                "text": plain[:at] + other + plain[at + 1 :],
                "looks_like": "character",
                "expect": "MalformedCode",
            }
        )
    return made


def _unnoticed() -> list[Case]:
    """The one exchange of neighbours that a Luhn check modulo 32 cannot see."""
    values = [0, 31] * 12
    raw = int("".join(f"{value:05b}" for value in values), 2).to_bytes(15, "big")
    plain = ReceiptCode(raw).text.replace("-", "")
    other = plain[1] + plain[0] + plain[2:]
    number = 0
    for symbol in other[:-1]:
        number = number * 32 + receipt.ALPHABET.index(symbol)
    return [_parsed("0Z exchanged for Z0 goes unnoticed and", other, number.to_bytes(15, "big"))]


def _keys() -> list[Case]:
    made: list[Case] = []
    for raw in RAW:
        for installation in (INSTALLATION, OTHER_INSTALLATION, "00" * 16):
            keys = ReceiptCode(raw).keys(installation)
            made.append(
                {
                    "name": f"the keys of {raw.hex()} at {installation}",
                    "op": "keys",
                    "raw": raw.hex(),
                    "installation": installation,
                    "lookup": keys.lookup.hex(),
                    "mailbox_seed": keys.mailbox_seed.hex(),
                    "signing_seed": keys.signing_seed.hex(),
                    "mailbox_id": receipt.mailbox_id(keys.lookup),
                    "mailbox": from_seed(keys.mailbox_seed).text,
                    "submitter_key": strict.to_b64(signing.verify_key(keys.signing_seed)),
                    "expect": "ok",
                }
            )
    return made


def _forms() -> list[Case]:
    made: list[Case] = []
    for token in (bytes(15), seed("token")[:15]):
        code = ReceiptCode.from_form_token(token, INSTALLATION)
        lookup = code.keys(INSTALLATION).lookup
        made.append(
            {
                "name": f"the code of the form {token.hex()}",
                "op": "form_token",
                "token": token.hex(),
                "installation": INSTALLATION,
                "text": code.text,
                "lookup": lookup.hex(),
                "once": receipt.once(token, lookup),
                "expect": "ok",
            }
        )
    return made


def cases() -> list[Case]:
    made = [*_codes(), *_forgiven(), *_wrong(), *_every_symbol(), *_unnoticed()]
    return [*made, *_keys(), *_forms()]
