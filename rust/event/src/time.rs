//! Times as events spell them: ISO 8601 in UTC.

use std::io::Write;

const SECONDS_PER_DAY: i64 = 86_400;

/// The first second of year 1, and the last of year 9999, since the epoch.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Append a time in whole seconds since the epoch, as `2026-01-02T03:04:05Z`.
///
/// Returns whether the time is within the years 1 to 9999; others have no such text.
#[must_use]
pub fn write_seconds(seconds: i64, into: &mut Vec<u8>) -> bool {
    write_time(seconds, into) && {
        into.push(b'Z');
        true
    }
}

/// Append a time in milliseconds since the epoch, as `2026-01-02T03:04:05.678Z`.
///
/// Returns whether the time is within the years 1 to 9999; others have no such text.
#[must_use]
pub fn write_milliseconds(milliseconds: i64, into: &mut Vec<u8>) -> bool {
    write_time(milliseconds.div_euclid(1_000), into) && {
        let fraction = milliseconds.rem_euclid(1_000);
        write!(into, ".{fraction:03}Z").expect("writing to a vector cannot fail");
        true
    }
}

fn write_time(seconds: i64, into: &mut Vec<u8>) -> bool {
    if !RANGE.contains(&seconds) {
        return false;
    }
    let (year, month, day) = date(seconds.div_euclid(SECONDS_PER_DAY));
    let second = seconds.rem_euclid(SECONDS_PER_DAY);
    let two = |number: i64| [digit(number / 10), digit(number)];
    into.extend_from_slice(&two(year / 100));
    into.extend_from_slice(&two(year));
    for (sign, number) in [
        (b'-', month),
        (b'-', day),
        (b'T', second / 3_600),
        (b':', second / 60 % 60),
        (b':', second % 60),
    ] {
        let [tens, ones] = two(number);
        into.extend_from_slice(&[sign, tens, ones]);
    }
    true
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one digit")]
fn digit(number: i64) -> u8 {
    b'0' + (number % 10) as u8
}

/// Return year, month and day of the day that is `days` after 1970-01-01 in the Gregorian calendar.
///
/// Years are counted from March, so that a leap day is the last of its year.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468; // From 0000-03-01.
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: i64) -> String {
        let mut text = Vec::new();
        assert!(write_seconds(seconds, &mut text));
        String::from_utf8(text).unwrap()
    }

    /// Known times have their known texts, at both ends of the range and around leap days.
    #[test]
    fn writes_known_times() {
        for (text, time) in [
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("1969-12-31T23:59:59Z", -1),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2026-01-02T03:04:05Z", 1_767_323_045),
            ("2100-02-28T23:59:59Z", 4_107_542_399),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(text, seconds(time));
        }
    }

    /// Milliseconds have three digits, and count forward before the epoch, too.
    #[test]
    fn writes_milliseconds() {
        for (text, time) in [("1970-01-01T00:00:01.007Z", 1_007), ("1969-12-31T23:59:59.999Z", -1)]
        {
            let mut written = Vec::new();
            assert!(write_milliseconds(time, &mut written));
            assert_eq!(text.as_bytes(), written);
        }
    }

    /// A year of more than four digits, or before the first, is refused and nothing is written.
    #[test]
    fn refuses_other_years() {
        for time in [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX] {
            let mut text = Vec::new();
            assert!(!write_seconds(time, &mut text));
            assert!(text.is_empty());
        }
    }
}
