//! The lines that `top -b` prints of the system.

use outparse_sdk::{Base, Field, Problem};

use crate::top::record::Summary;

/// `19:35:48 up 13:38,  0 user,  load average: 0.02, 0.21, 0.23`
pub(crate) fn first(line: Field<'_>, sample: i64) -> Result<Summary, Problem> {
    let expected = || line.expected("`TIME up DURATION, N users, load average: …`");
    let (clock, rest) = line.split_once(" up ").ok_or_else(expected)?;
    let (rest, loads) = rest.split_once("load average: ").ok_or_else(expected)?;
    let mut summary = Summary { sample, time_of_day: Some(clock.trim().bytes.to_vec()), ..Summary::default() };
    let mut minutes = 0;
    for part in rest.split(",") {
        let part = part.trim();
        let [number, unit] = part.fields_and_rest().unwrap_or([part, part.split_at(usize::MAX).1]);
        match unit.bytes {
            b"day" | b"days" => minutes += number.integer()? * 1440,
            b"min" => minutes += number.integer()?,
            b"user" | b"users" => summary.users = Some(number.integer()?),
            b"" if !number.bytes.is_empty() => {
                let (hours, rest) = number.split_once(":").ok_or_else(|| number.expected("hours and minutes"))?;
                minutes += hours.integer()? * 60 + rest.integer()?;
            }
            b"" => {}
            _ => return Err(part.expected("how long it runs, or how many users there are")),
        }
    }
    summary.uptime = Some(minutes * 60);
    let loads: Vec<Field<'_>> = loads.split(",").collect();
    let load = |at: usize| loads.get(at).map(|load| load.trim().float()).transpose();
    (summary.load_1m, summary.load_5m, summary.load_15m) = (load(0)?, load(1)?, load(2)?);
    Ok(summary)
}

/// `Tasks:  67 total, …`, `%Cpu(s):  0.0 us, …`, `MiB Mem :  24105.6 total, …`
pub(crate) fn below(summary: &mut Summary, line: Field<'_>) -> Result<(), Problem> {
    let (name, rest) = line.split_once(":").ok_or_else(|| line.expected("a line of the summary"))?;
    let title = name.trim();
    // Where the window is wide, two processors share a line, and so do memory and swap.
    let swap = ["KiB Swap", "MiB Swap", "GiB Swap", "TiB Swap", "PiB Swap", "EiB Swap"].iter().find_map(|title| rest.find(title));
    if let Some(at) = rest.find("%Cpu").or(swap) {
        let (rest, next) = rest.split_at(at);
        counts(summary, title, rest)?;
        return below(summary, next);
    }
    counts(summary, title, rest)
}

/// What a line of the summary says behind its title.
fn counts(summary: &mut Summary, title: Field<'_>, rest: Field<'_>) -> Result<(), Problem> {
    // Before version 3.3 the unit stood at each number.
    let unit = match title.bytes.first_chunk() {
        Some(b"KiB") => Some(1024.0),
        Some(b"MiB") => Some(1_048_576.0),
        Some(b"GiB") => Some(1_073_741_824.0),
        Some(b"TiB") => Some(1_099_511_627_776.0),
        Some(b"PiB") => Some(1_125_899_906_842_624.0),
        Some(b"EiB") => Some(1_152_921_504_606_846_976.0),
        _ => None,
    };
    // A point stands between used swap and available memory.
    for part in rest.bytes.split(|byte| *byte == b',').map(Field::from).flat_map(|part| part.split(". ").collect::<Vec<_>>()) {
        let part = part.trim();
        if part.bytes.is_empty() {
            continue;
        }
        let (number, what) = match part.split_once("%") {
            Some(percentage) => percentage,
            None => part.fields_and_rest().map(|[number, what]| (number, what))?,
        };
        let what = what.trim();
        if !what.bytes.first().is_some_and(u8::is_ascii_alphabetic) {
            return Err(part.expected("a number and what it is"));
        }
        let what = what.bytes.to_vec();
        let amount = || number.strip_suffix("+").unwrap_or(number).float();
        let bytes = || match unit {
            Some(unit) => Ok((amount()? * unit) as i64),
            None if !number.bytes.last().is_some_and(u8::is_ascii_alphabetic) => Err(title.expected("a unit such as `MiB Mem`")),
            None => number.size(Base::Binary),
        };
        match title.bytes {
            b"Tasks" | b"Threads" => summary.tasks.0.push((what, number.integer()?)),
            b"%Cpu(s)" | b"Cpu(s)" => summary.cpu.0.push((what, amount()?)),
            text if text.starts_with(b"%Cpu") || text.starts_with(b"Cpu") => {
                let processor = title.strip_prefix("%").unwrap_or(title).bytes;
                summary.cpu.0.push(([processor, b" ", &what].concat(), amount()?));
            }
            text if text.ends_with(b"Mem") => summary.memory.0.push((what, bytes()?)),
            text if text.ends_with(b"Swap") => summary.swap.0.push((what, bytes()?)),
            _ => return Err(title.expected("`Tasks`, `%Cpu(s)`, `MiB Mem` or `MiB Swap`")),
        }
    }
    Ok(())
}
#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Top;

    #[test]
    fn the_units_of_before_version_3_3_stand_at_the_numbers() {
        let head = "top - 10:00:01 up 5 min,  1 user,  load average: 0.12, 0.34, 0.56\n";
        let old = "Cpu(s):  1.3%us,  0.3%sy, 98.4%id\nMem:   8061404k total,   146164k free\nSwap:  4095M total,     0k used,  1.5g cached\n\n";
        let parsed = parse::<Top>(None, format!("{head}{old}").as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""cpu":{"us":1.3,"sy":0.3,"id":98.4},"memory":{"total":8254877696,"free":149671936},"swap":{"total":4293918720,"used":0,"cached":1610612736}"#]);
        let bare = parse::<Top>(None, format!("{head}Mem: 8061404 total\n").as_bytes());
        assert_eq!(bare.problems.len(), 1, "{bare:?}");
        let lost = parse::<Top>(None, format!("{head}        Swap:   2.0 total,   0.0 used.   22881.5 avail Mem\n").as_bytes());
        assert_eq!(lost.problems.len(), 1, "{lost:?}");
        let unknown = parse::<Top>(None, head.replace("5 min", "5 mi").as_bytes());
        assert!(!unknown.problems.is_empty(), "{unknown:?}");
    }

    #[test]
    fn each_processor_has_its_own_numbers() {
        let capture = "top - 10:00:01 up 5 min,  1 user,  load average: 0.12, 0.34, 0.56\n%Cpu0  :  1.3 us, 98.7 id  %Cpu1  :  2.0 us, 98.0 id\n%Cpu2  :  0.0 us,100.0 id\nMiB Mem :   4.0 total,   1.0 buff/cache       MiB Swap:   2.0 total,   0.0 used.   3.0 avail Mem \n\n";
        let parsed = parse::<Top>(None, capture.as_bytes());
        parsed.has(
            0,
            &[r#""memory":{"total":4194304,"buff/cache":1048576},"swap":{"total":2097152,"used":0,"avail Mem":3145728}"#],
        );
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""cpu":{"Cpu0 us":1.3,"Cpu0 id":98.7,"Cpu1 us":2,"Cpu1 id":98,"Cpu2 us":0,"Cpu2 id":100}"#]);
    }
}
