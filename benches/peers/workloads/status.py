"""A status of a social network in an envelope: 9.4 KB, deep, 200 values, few of them asked for."""

from collections.abc import Iterator
from random import Random
from typing import Any, TypeAlias

from peers.workloads.workload import compact

Object: TypeAlias = dict[str, Any]

EVENTS = 64
BYTES = 9_428
# Every other event carries the values that rules ask for.
USER_ID, FRIENDS, USER_NAME_ID, LANGUAGE = 9034, 158, "903487807", "ja"


def events() -> Iterator[str]:
    """Make the events, all of one length but for the rounding of multi-byte text."""
    for number in range(EVENTS):
        random = Random(f"status {number}")  # noqa: S311 - nothing here is secret
        asked = number % 2 == 0
        user = _user(random)
        status = _status(random, user)
        status["retweeted_status"] = _status(random, _user(random))
        status["lang_value"] = LANGUAGE if asked else "en"
        context = {"user_id": USER_ID if asked else 17, "friends_count": FRIENDS}
        event = {"context": context, "payload": _in_order(status)}
        if asked:
            user["id_str"] = USER_NAME_ID
        missing = BYTES - len(compact(event).encode())
        user["description"] += _words(random, missing // 3)
        yield compact(event)


def _in_order(status: Object) -> Object:
    """Return the members with the retweeted status in the middle and the language last."""
    late = {"entities", "favorited", "retweeted", "possibly_sensitive", "lang_value"}
    return {name: status[name] for name in sorted(status, key=late.__contains__)}


def _status(random: Random, user: Object) -> Object:
    number = _number(random, 18)
    return {
        "metadata": {"result_type": "recent", "iso_language_code": LANGUAGE},
        "created_at": "Sun Aug 31 00:29:14 +0000 2014",
        "id": int(number),
        "id_str": number,
        "text": f"RT @{_name(random)}: {_words(random, 30)} http://example.com/{_name(random)}",
        "source": '<a href="http://example.com/download/phone" rel="nofollow">App for phones</a>',
        "truncated": False,
        **dict.fromkeys(f"in_reply_to_{name}" for name in _REPLY),
        "user": user,
        **dict.fromkeys(("geo", "coordinates", "place", "contributors")),
        "retweet_count": random.randrange(100),
        "favorite_count": random.randrange(100),
        "entities": {
            "hashtags": ["#empty"],
            "symbols": ["#empty"],
            "urls": ["empty.example.com"],
            "user_mentions": [_mention(random)],
            "media": [_medium(random)],
        },
        "favorited": False,
        "retweeted": False,
        "possibly_sensitive": False,
    }


_REPLY = ("status_id", "status_id_str", "user_id", "user_id_str", "screen_name")
_COLORS = ("background", "link", "sidebar_border", "sidebar_fill", "text")
_FLAGS = (
    "protected", "geo_enabled", "verified", "contributors_enabled", "is_translator",
    "is_translation_enabled", "profile_use_background_image", "default_profile",
    "default_profile_image", "following", "follow_request_sent", "notifications",
)  # fmt: skip
_COUNTS = ("followers", "friends", "listed", "favourites", "statuses")
_IMAGES = ("background", "background_tile", "banner", "small", "large")


def _user(random: Random) -> Object:
    number = _number(random, 9)
    link = {"url": "http://example.com/a", "display_url": "example.com/a", "indices": [0, 22]}
    return {
        "id": int(number),
        "id_str": number,
        "name": _words(random, 8),
        "screen_name": _name(random),
        "location": _words(random, 6),
        "description": _words(random, 60),
        "url": f"http://example.com/{_name(random)}",
        "entities": {"url": {"urls": [link]}, "description": {"urls": [link, link]}},
        **{f"{name}_count": random.randrange(20_000) for name in _COUNTS},
        "created_at": "Thu Oct 25 08:27:13 +0000 2012",
        "utc_offset": None,
        "time_zone": None,
        "lang": LANGUAGE,
        **dict.fromkeys(_FLAGS, False),
        **{f"profile_{name}_color": f"{random.randrange(2**24):06X}" for name in _COLORS},
        **{
            f"profile_{name}_image_url": f"https://example.com/images/{number}/{_name(random)}.jpeg"
            for name in _IMAGES
        },
    }


def _mention(random: Random) -> Object:
    number = _number(random, 8)
    return {
        "screen_name": _name(random),
        "name": _words(random, 5),
        "id": int(number),
        "id_str": number,
        "indices": [3, 12],
    }


def _medium(random: Random) -> Object:
    number = _number(random, 18)
    address = f"example.com/media/{_name(random)}.jpg"
    sizes = {"medium": (600, 338), "small": (340, 192), "thumb": (150, 150), "large": (765, 432)}
    return {
        "id": int(number),
        "id_str": number,
        "indices": [13, 35],
        "media_url": f"http://{address}",
        "media_url_https": f"https://{address}",
        "display_url": address,
        "expanded_url": f"http://example.com/status/{number}/photo/1",
        "type": "photo",
        "sizes": {name: {"w": w, "h": h, "resize": "fit"} for name, (w, h) in sizes.items()},
    }


def _number(random: Random, digits: int) -> str:
    return str(random.randrange(10 ** (digits - 1), 10**digits))


def _name(random: Random) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=10))


def _words(random: Random, letters: int) -> str:
    """Return text of hiragana, three bytes a letter."""
    return "".join(chr(random.randrange(0x3041, 0x3094)) for _ in range(letters))
