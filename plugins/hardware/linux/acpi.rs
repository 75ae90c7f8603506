//! `acpi -V`: batteries, adapters, temperatures and cooling, a line for each thing that is said of one.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, time};

/// What a line is about.
#[derive(Clone, Debug, Record)]
pub enum Power {
    /// A battery (`-b`, `-i`).
    Battery(Battery),
    /// A power supply (`-a`).
    Adapter(Adapter),
    /// A thermal zone (`-t`).
    Thermal(Thermal),
    /// Something that cools (`-c`).
    Cooling(Cooling),
}

/// A battery.
#[derive(Clone, Debug, Default, Record)]
pub struct Battery {
    /// Its number.
    #[field(key)]
    pub number: i64,
    /// What it does: `charging`, `discharging`, `full`, `not charging`, `unknown`.
    pub state: Option<Vec<u8>>,
    /// How full it is.
    #[field(unit = "percent", gauge)]
    pub charge_percent: Option<i64>,
    /// Time until it is empty. Null while it is not being emptied, and where that is not known.
    #[field(unit = "seconds", approximate, gauge)]
    pub time_to_empty: Option<f64>,
    /// Time until it is full. Null while it is not being filled, and where that is not known.
    #[field(unit = "seconds", approximate, gauge)]
    pub time_to_full: Option<f64>,
    /// What else is said of its state: `rate information unavailable`.
    pub remark: Option<Vec<u8>>,
    /// What it was made to hold (`-i`).
    #[field(unit = "mAh")]
    pub design_capacity: Option<i64>,
    /// What it held when it was full last (`-i`).
    #[field(unit = "mAh")]
    pub full_capacity: Option<i64>,
    /// How much of what it was made for that is (`-i`).
    #[field(unit = "percent", gauge)]
    pub capacity_percent: Option<i64>,
}

/// A power supply.
#[derive(Clone, Debug, Default, Record)]
pub struct Adapter {
    /// Its number.
    #[field(key)]
    pub number: i64,
    /// Whether there is power.
    pub is_online: bool,
}

/// A thermal zone.
#[derive(Clone, Debug, Default, Record)]
pub struct Thermal {
    /// Its number.
    #[field(key)]
    pub number: i64,
    /// Its state: `ok`, `active`, `passive`, `critical`, …
    pub state: Option<Vec<u8>>,
    /// Temperature.
    #[field(unit = "celsius", gauge)]
    pub temperature: Option<f64>,
    /// From where on it does something (`-i`).
    pub trip_points: Vec<TripPoint>,
}

/// A temperature at which a thermal zone does something.
#[derive(Clone, Debug, Default, Record)]
pub struct TripPoint {
    /// Its number.
    pub number: i64,
    /// The mode that it switches to: `critical`, `hot`, `passive`, `active`.
    pub mode: Vec<u8>,
    /// The temperature.
    #[field(unit = "celsius")]
    pub temperature: f64,
}

/// Something that cools.
#[derive(Clone, Debug, Default, Record)]
pub struct Cooling {
    /// Its number.
    #[field(key)]
    pub number: i64,
    /// What it is: `Processor`, `Fan`, `intel_powerclamp`, …
    pub r#type: Vec<u8>,
    /// How much it cools; null where nothing is known of that.
    #[field(gauge)]
    pub level: Option<i64>,
    /// How much it can.
    pub maximum_level: Option<i64>,
}

/// Reads `acpi`.
pub struct Acpi {
    /// What was told, in order: more may be told of the last one.
    told: Vec<Power>,
    /// That there is none of what was asked for.
    missing: Option<Problem>,
}

const EXPECTED: &str = "`Battery`, `Adapter`, `Thermal` or `Cooling` with a number";

impl Parser for Acpi {
    const ABOUT: About = About {
        name: "acpi",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Batteries, power supplies, temperatures and cooling, as acpi prints them",
        commands: &["acpi"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Power;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Acpi { told: Vec::new(), missing: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        if whole.is_blank() {
            return Ok(());
        }
        let (head, rest) = whole.split_once(": ").ok_or_else(|| line.expected(EXPECTED))?;
        // `No support for device type: power_supply`, of a machine without batteries, may stand above what there is.
        if head.bytes == b"No support for device type" {
            self.missing.get_or_insert_with(|| line.expected(EXPECTED).on_line(line.number));
            return Ok(());
        }
        let (what, number) = head.trim_start().split_once(" ").ok_or_else(|| line.expected(EXPECTED))?;
        let number = number.integer()?;
        match what.bytes {
            b"Battery" => {
                let more = self.told.pop_if(|last| matches!(last, Power::Battery(last) if last.number == number));
                let mut battery = match more {
                    Some(Power::Battery(battery)) => battery,
                    _ => Battery { number, ..Battery::default() },
                };
                let read = battery.read(rest);
                // Of one of which nothing could be read there is no record.
                if read.is_ok() || battery.state.is_some() {
                    self.told.push(Power::Battery(battery));
                }
                read?;
            }
            b"Thermal" => {
                let more = self.told.pop_if(|last| matches!(last, Power::Thermal(last) if last.number == number));
                let mut thermal = match more {
                    Some(Power::Thermal(thermal)) => thermal,
                    _ => Thermal { number, ..Thermal::default() },
                };
                let read = thermal.read(rest);
                if read.is_ok() || thermal.state.is_some() {
                    self.told.push(Power::Thermal(thermal));
                }
                read?;
            }
            b"Adapter" => {
                let is_online = match rest.trim_end().bytes {
                    b"on-line" => true,
                    b"off-line" => false,
                    _ => return Err(rest.expected("`on-line` or `off-line`").into()),
                };
                self.told.push(Power::Adapter(Adapter { number, is_online }));
            }
            b"Cooling" => {
                self.told.push(Power::Cooling(Cooling::read(number, rest)?));
            }
            _ => return Err(what.expected(EXPECTED).into()),
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(missing) = self.missing.take().filter(|_| self.told.is_empty()) {
            return Err(Error::Unrecognised(missing));
        }
        let is_detailed = |power: &Power| matches!(power, Power::Battery(battery) if battery.design_capacity.is_some());
        if !self.told.iter().any(is_detailed) {
            rows.without_of(0, ["design_capacity", "full_capacity", "capacity_percent"]);
        }
        if !self.told.iter().any(|power| matches!(power, Power::Thermal(thermal) if !thermal.trip_points.is_empty())) {
            rows.without_of(2, ["trip_points"]);
        }
        self.told.drain(..).for_each(|power| rows.push(power));
        Ok(())
    }
}

impl Battery {
    fn read(&mut self, rest: Field<'_>) -> Result<(), Error> {
        if let Some(capacities) = rest.strip_prefix("design capacity ") {
            let amount = |text: Field<'_>| -> Result<i64, Error> {
                let (number, unit) = text.split_once(" ").ok_or_else(|| text.expected("`NUMBER mAh`"))?;
                if unit.bytes != b"mAh" {
                    return Err(unit.expected("`mAh`").into());
                }
                Ok(number.integer()?)
            };
            let (design, full) =
                capacities.split_once(", last full capacity ").ok_or_else(|| rest.expected("a last full capacity"))?;
            let (full, percent) = full.split_once(" = ").ok_or_else(|| rest.expected("`= PERCENT%`"))?;
            self.design_capacity = Some(amount(design)?);
            self.full_capacity = Some(amount(full)?);
            self.capacity_percent = Some(percent.trim().percent()?);
            return Ok(());
        }
        let mut parts = rest.split(", ");
        let state = parts.next().ok_or_else(|| rest.expected("the state of a battery"))?;
        let percent = parts.next().ok_or_else(|| rest.expected("`STATE, PERCENT%`"))?;
        self.charge_percent = Some(percent.trim().percent()?);
        self.state = Some(state.bytes.to_ascii_lowercase());
        for part in parts {
            let timed = part.split_once(" ").and_then(|(clock, what)| Some((time::clock_duration(clock)?, what.bytes)));
            match timed {
                Some((seconds, b"remaining")) => self.time_to_empty = Some(seconds),
                Some((seconds, b"until charged")) => self.time_to_full = Some(seconds),
                _ => self.remark = Some(part.bytes.to_vec()),
            }
        }
        Ok(())
    }
}

impl Thermal {
    fn read(&mut self, rest: Field<'_>) -> Result<(), Error> {
        if let Some(point) = rest.strip_prefix("trip point ") {
            let (number, rest) = point
                .split_once(" switches to mode ")
                .ok_or_else(|| point.expected("`NUMBER switches to mode MODE at temperature …`"))?;
            let (mode, temperature) =
                rest.split_once(" at temperature ").ok_or_else(|| rest.expected("`MODE at temperature …`"))?;
            let temperature = celsius(temperature)?;
            self.trip_points.push(TripPoint { number: number.integer()?, mode: mode.bytes.to_vec(), temperature });
            return Ok(());
        }
        let (state, temperature) = rest.split_once(", ").ok_or_else(|| rest.expected("`STATE, NUMBER degrees C`"))?;
        self.temperature = Some(celsius(temperature)?);
        self.state = Some(state.bytes.to_vec());
        Ok(())
    }
}

/// `45.0 degrees C`, with `-f` in Fahrenheit and with `-k` in kelvins.
fn celsius(text: Field<'_>) -> Result<f64, Error> {
    let expected = || text.expected("`NUMBER degrees C`");
    let (number, unit) = text.trim().split_once(" ").ok_or_else(expected)?;
    let number = number.float()?;
    // What is printed has a digit after the point.
    let rounded = |number: f64| (number * 100.0).round() / 100.0;
    match unit.bytes {
        b"degrees C" => Ok(number),
        b"degrees F" => Ok(rounded((number - 32.0) / 1.8)),
        b"kelvin" => Ok(rounded(number - 273.15)),
        _ => Err(expected().into()),
    }
}

impl Cooling {
    fn read(number: i64, rest: Field<'_>) -> Result<Cooling, Error> {
        let rest = rest.trim_end();
        if let Some(kind) = rest.strip_suffix(" no state information available") {
            return Ok(Cooling { number, r#type: kind.bytes.to_vec(), ..Cooling::default() });
        }
        let expected = || rest.expected("`TYPE NUMBER of NUMBER`");
        let (before, maximum) = rest.rsplit_once(" of ").ok_or_else(expected)?;
        let (kind, level) = before.rsplit_once(" ").ok_or_else(expected)?;
        Ok(Cooling {
            number,
            r#type: kind.bytes.to_vec(),
            level: Some(level.integer()?),
            maximum_level: Some(maximum.integer()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Acpi;

    #[test]
    fn what_is_said_of_one_thing_is_one_record() {
        let text = b"Battery 0: Charging, 71%, 00:29:20 until charged\n\
            Battery 0: design capacity 2110 mAh, last full capacity 2271 mAh = 100%\n\
            Battery 1: Discharging, 9%, rate information unavailable\n\
            Adapter 0: off-line\n\
            Thermal 0: ok, 114.8 degrees F\n\
            Thermal 0: trip point 0 switches to mode critical at temperature 260.6 degrees F\n\
            Cooling 0: Processor 1 of 10\n\
            Cooling 1: x86_pkg_temp no state information available\n";
        let parsed = parse::<Acpi>(None, text);
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(parsed.records.len(), 6);
        assert!(parsed.records[0].contains(r#""time_to_full":1760"#) && parsed.records[0].contains(r#""full_capacity":2271"#));
        assert!(parsed.records[1].contains(r#""remark":"rate information unavailable""#), "{}", parsed.records[1]);
        assert_eq!(parsed.records[2], r#"{"kind":"adapter","number":0,"is_online":false}"#);
        assert_eq!(
            parsed.records[3],
            r#"{"kind":"thermal","number":0,"state":"ok","temperature":46,"trip_points":[{"number":0,"mode":"critical","temperature":127}]}"#
        );
        assert_eq!(parsed.records[4], r#"{"kind":"cooling","number":0,"type":"Processor","level":1,"maximum_level":10}"#);
        assert!(parsed.records[5].contains(r#""type":"x86_pkg_temp","level":null"#));
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let parsed =
            parse::<Acpi>(None, b"Adapter 0: on-line\nAdapter 1: perhaps\nThermal 0: ok, hot\nFan 0: x\nCooling 0: Fan 1 of 2\n");
        assert_eq!(parsed.problems.len(), 3);
        let desktop = parse::<Acpi>(None, b"No support for device type: power_supply\nThermal 0: ok, 46.0 degrees C\n");
        assert_eq!((desktop.records.len(), desktop.problems.len()), (1, 0), "{desktop:?}");
        assert_unrecognised::<Acpi>(["hello\n", "Battery 0\n", "No support for device type: power_supply\n"]);
    }
}
