//! Times, in the ways trackers write them.

use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

type Format = &'static [BorrowedFormatItem<'static>];

/// A time; `None` for what is none, and for years that no tracker has seen. Without an offset it is UTC: exports do not say.
///
/// `2016-03-03T13:40:01.000+0000`, `2013-06-25 11:49:00 +0200`, `2009-07-22 15:27:25`, `16/Feb/17 3:29 PM`, `16/Feb/2017 15:29`,
/// `2017-02-16 15:29`, `2017-02-16`.
pub fn when(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if text.len() > 40 {
        return None;
    }
    let parsed = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| with_offset(text)).or_else(|| local(text));
    // The last hours of the year 9999 are none in UTC.
    parsed.and_then(|time| time.checked_to_offset(UtcOffset::UTC)).filter(|time| (1970..2200).contains(&time.year()))
}

fn with_offset(text: &str) -> Option<OffsetDateTime> {
    let formats: [Format; 4] = [
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond][offset_hour sign:mandatory][offset_minute]"),
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]"),
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]"),
        format_description!("[year]-[month]-[day] [hour]:[minute] [offset_hour sign:mandatory][offset_minute]"),
    ];
    formats.iter().find_map(|format| OffsetDateTime::parse(text, format).ok())
}

fn local(text: &str) -> Option<OffsetDateTime> {
    let formats: [Format; 5] = [
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second]"),
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]"),
        format_description!("[year]-[month]-[day] [hour]:[minute]"),
        format_description!(
            "[day padding:none]/[month repr:short case_sensitive:false]/[year] [hour repr:12 padding:none]:[minute] [period case_sensitive:false]"
        ),
        format_description!("[day padding:none]/[month repr:short case_sensitive:false]/[year] [hour padding:none]:[minute]"),
    ];
    let whole = century(text).unwrap_or_else(|| text.to_owned());
    let dated = format!("{whole} 00:00");
    [whole, dated]
        .iter()
        .find_map(|text| formats.iter().find_map(|format| PrimitiveDateTime::parse(text, format).ok()))
        .map(PrimitiveDateTime::assume_utc)
}

/// `16/Feb/17 …` with the century of its year: no tracker is older than 1970.
fn century(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '/');
    let (day, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let number: i32 = year.parse().ok().filter(|_| year.len() == 2)?;
    let year = if number < 70 { 2000 + number } else { 1900 + number };
    Some(format!("{day}/{month}/{year} {rest}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn times_are_read_as_trackers_write_them() {
        for (text, want) in [
            ("2026-01-02T03:04:05.5+00:00", datetime!(2026-01-02 03:04:05.5 UTC)),
            ("2016-03-03T13:40:01.000+0000", datetime!(2016-03-03 13:40:01 UTC)),
            ("2013-06-25 11:49:00 +0200", datetime!(2013-06-25 09:49:00 UTC)),
            ("2009-07-22 15:27:25", datetime!(2009-07-22 15:27:25 UTC)),
            ("16/Feb/17 3:29 PM", datetime!(2017-02-16 15:29 UTC)),
            ("09/Jan/24 12:00 AM", datetime!(2024-01-09 0:00 UTC)),
            ("6/Feb/2017 15:29", datetime!(2017-02-06 15:29 UTC)),
            ("16/Feb/17", datetime!(2017-02-16 0:00 UTC)),
            ("2017-02-16", datetime!(2017-02-16 0:00 UTC)),
            (" 01/dec/98 1:05 am ", datetime!(1998-12-01 1:05 UTC)),
        ] {
            assert_eq!(when(text), Some(want), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "9999-01-01T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "9999-12-31 23:59:59 -0100",
            "0000-01-01T00:00:00Z",
            "0000-01-01T00:00:00+01:00",
            "31/Feb/17 3:29 PM",
            &"1".repeat(1000),
        ] {
            assert_eq!(when(text), None, "{text}");
        }
    }
}
