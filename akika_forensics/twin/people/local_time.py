"""Times as QuickBooks' screens and exports write them: by the company's clock, the zone in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from akika_forensics.twin.wire import PACIFIC

_AMERICAN: Final = ("Standard Time", "Daylight Time")
_REGIONS: Final = {
    "Eastern": "America/New_York America/Toronto America/Detroit America/Montreal US/Eastern",
    "Central": "America/Chicago America/Winnipeg America/Regina US/Central",
    "Mountain": "America/Denver America/Phoenix America/Edmonton America/Boise US/Mountain",
    "Pacific": "America/Los_Angeles America/Vancouver US/Pacific",
    "Alaska": "America/Anchorage US/Alaska",
    "Hawaii-Aleutian": "Pacific/Honolulu US/Hawaii",
    "Atlantic": "America/Halifax America/Puerto_Rico",
    "Newfoundland": "America/St_Johns",
    "Australian Eastern": "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart",
    "Australian Central": "Australia/Adelaide Australia/Darwin",
    "Australian Western": "Australia/Perth",
    "New Zealand": "Pacific/Auckland",
}
_NAMED: Final = {
    "Europe/London": ("Greenwich Mean Time", "British Summer Time"),
    "Europe/Dublin": ("Greenwich Mean Time", "Irish Standard Time"),
    "Europe/Paris": ("Central European Standard Time", "Central European Summer Time"),
    "Europe/Berlin": ("Central European Standard Time", "Central European Summer Time"),
    "Asia/Kolkata": ("India Standard Time", "India Standard Time"),
    "Africa/Johannesburg": ("South Africa Standard Time", "South Africa Standard Time"),
    "Asia/Singapore": ("Singapore Standard Time", "Singapore Standard Time"),
    "UTC": ("Coordinated Universal Time", "Coordinated Universal Time"),
} | {
    zone: (f"{region} {_AMERICAN[0]}", f"{region} {_AMERICAN[1]}")
    for region, zones in _REGIONS.items()
    for zone in zones.split()
}
"""Long names as the CLDR has them: outside and inside daylight saving time."""


def zone_of(company: dict[str, Any] | None) -> ZoneInfo:
    """The zone that CompanyInfo names; that of Intuit's service where it names none that is known."""
    try:
        return ZoneInfo(str((company or {}).get("DefaultTimeZone") or PACIFIC.key))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return PACIFIC


def long_name(moment: datetime, *, standard: bool = False) -> str:
    """``Eastern Daylight Time``; with ``standard`` never that of summer. ``moment`` is in a ZoneInfo."""
    key = getattr(moment.tzinfo, "key", "")
    names = _NAMED.get(key)
    if names is None:
        return f"GMT{moment:%:z}"
    return names[1 if moment.dst() and not standard else 0]


def to_the_minute(moment: datetime, *, standard: bool = False) -> str:
    """``Feb 19, 2024, 5:08 pm Eastern Standard Time``. Source: an importer that takes no other form."""
    hour = moment.hour % 12 or 12
    half = "am" if moment.hour < 12 else "pm"
    return (
        f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}, {hour}:{moment.minute:02d} {half} "
        f"{long_name(moment, standard=standard)}"
    )


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
