//! When a process began, as most columns print it: a time of the day, or a day. What is left out is known only from the time of
//! the capture.

use outparse_sdk::{Field, Moment, Time, time};

/// The same with its date. None for a year alone, and where the text cannot be placed.
pub(crate) fn dated(text: Field<'_>, captured: Moment) -> Option<Time<9>> {
    let words: Vec<&[u8]> = text.fields().map(|word| word.bytes).collect();
    let captured = Some(captured);
    match *words.as_slice() {
        // `Oct 25`
        [month, day] if time::month(month).is_some() => Time::in_latest_year(time::month(month)?, number(day)?, 0, captured),
        // `2024-10-25 12:00`
        [date, clock] => Time::iso(&[date, b" ", clock].concat()),
        [word] => clock(word, captured)
            .or_else(|| month_and_day(word, captured))
            .or_else(|| day_month_year(word))
            .or_else(|| weekday(word, captured?)),
        _ => None,
    }
}

/// `12:00`, `12:00:59`, `9:41AM`
fn clock(word: &[u8], captured: Option<Moment>) -> Option<Time<9>> {
    let (digits, half) = half_of_day(word);
    let (seconds, _) = time::time_of_day(digits)?;
    Time::on_latest_day(on_the_clock(seconds, half)?, captured)
}

/// `Oct25`
fn month_and_day(word: &[u8], captured: Option<Moment>) -> Option<Time<9>> {
    let (month, day) = word.split_at_checked(3)?;
    Time::in_latest_year(time::month(month)?, number(day)?, 0, captured)
}

/// `25Oct24`, as BSD has it.
fn day_month_year(word: &[u8]) -> Option<Time<9>> {
    let letters = word.iter().position(u8::is_ascii_alphabetic)?;
    let (day, rest) = word.split_at(letters);
    let (month, year) = rest.split_at_checked(3)?;
    let year = i64::from(number(year).filter(|_| year.len() == 2)?);
    // `strftime` and POSIX agree on what two digits stand for.
    Time::local(if year < 69 { 2000 + year } else { 1900 + year }, time::month(month)?, number(day)?, 0)
}

/// `Mon09AM`: within the last week, to the hour.
fn weekday(word: &[u8], captured: Moment) -> Option<Time<9>> {
    const DAYS: [&[u8]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
    let (name, rest) = word.split_at_checked(3)?;
    let wanted = DAYS.iter().position(|day| *day == name)? as i64;
    let (digits, half) = half_of_day(rest);
    let of_day = on_the_clock(i64::from(number(digits)?) * 3600, half)?;
    let now = captured.seconds.checked_add(i64::from(captured.offset?))?;
    let today = now.div_euclid(86_400);
    // The first day of 1970 was a Thursday.
    let back = (today.rem_euclid(7) - wanted).rem_euclid(7);
    let seconds = (today - back) * 86_400 + of_day;
    let seconds = if seconds > now { seconds - 7 * 86_400 } else { seconds };
    Some(Time { wall_seconds: seconds, nanos: 0, offset: None })
}

/// The digits of a clock, and which half of the day they count in.
fn half_of_day(clock: &[u8]) -> (&[u8], Option<i64>) {
    match clock.split_last_chunk::<2>() {
        Some((digits, b"AM")) => (digits, Some(0)),
        Some((digits, b"PM")) => (digits, Some(12 * 3600)),
        _ => (clock, None),
    }
}

/// The time of the day, where twelve stands for zero in each half.
fn on_the_clock(seconds: i64, half: Option<i64>) -> Option<i64> {
    match half {
        Some(half) => (seconds < 13 * 3600).then_some(seconds % (12 * 3600) + half),
        None => (seconds < 86_400).then_some(seconds),
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    Field::from(digits).integer().ok().and_then(|number| u32::try_from(number).ok())
}
