//! `sensors`, and `sensors -u`: chips, and below each what it measures.

mod amount;
mod kinds;
mod limits;
mod reading;

use outparse_sdk::{About, Block, Ending, Error, Line, Parser, Rows, Source, without_options};

pub use kinds::{Current, Energy, Fan, Humidity, Measured, Power, Switch, Temperature, Voltage};
use kinds::{Quantity, Reading, SWITCH};

/// Reads `sensors`.
pub struct Sensors {
    chip: Option<Vec<u8>>,
    adapter: Option<Vec<u8>>,
    reading: Block<Reading>,
    is_after_blank: bool,
}

const EXPECTED: &str = "a chip, as in `coretemp-isa-0000`";
const OPTIONS: &[&str] = &["A no-adapter", "c config-file=", "f fahrenheit", "u", "j"];

impl Parser for Sensors {
    const ABOUT: About = About {
        name: "sensors",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Temperatures, voltages, fans and more, as sensors prints them",
        commands: &["sensors"],
        dialect: "lm-sensors",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Measured;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Sensors { chip: None, adapter: None, reading: Block::default(), is_after_blank: true }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        let is_after_blank = std::mem::replace(&mut self.is_after_blank, whole.bytes.is_empty());
        if whole.bytes.is_empty() {
            self.flush(rows);
            return Ok(());
        }
        if is_after_blank {
            (self.chip, self.adapter) = (None, None);
            // `PREFIX-BUS-ADDRESS`
            let parts = whole.bytes.split(|byte| *byte == b'-').filter(|part| !part.is_empty()).count();
            if parts < 3 || whole.bytes.iter().any(|byte| byte.is_ascii_whitespace() || *byte == b':') {
                return Err(whole.expected(EXPECTED).into());
            }
            self.chip = Some(whole.bytes.to_vec());
            rows.recognise();
            return Ok(());
        }
        let Some(chip) = &self.chip else {
            return if rows.recognised() { Ok(()) } else { Err(whole.expected(EXPECTED).into()) };
        };
        if let Some(adapter) = whole.strip_prefix("Adapter: ").filter(|_| self.adapter.is_none()) {
            self.adapter = Some(adapter.trim().bytes.to_vec());
            return Ok(());
        }
        let more = whole.trim_start();
        if more.column > 1 {
            return match self.reading.more(|| more.expected("a sensor's label and a colon"))? {
                Some(reading) if more.bytes.starts_with(b"(") => Ok(reading.marks(more)?),
                Some(reading) => Ok(reading.raw(more)?),
                None => Ok(()),
            };
        }
        let begun = Reading { chip: chip.clone(), adapter: self.adapter.clone(), ..Reading::default() };
        self.flush(rows);
        self.reading.begin(begun.labelled(whole))
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }

    /// `-u` prints three decimals, and Celsius.
    fn exact(words: &[String]) -> Option<Vec<String>> {
        let mut words = without_options(words, OPTIONS, &["f", "u", "j"]);
        words.insert(0, "-u".to_owned());
        Some(words)
    }
}

impl Sensors {
    fn flush(&mut self, rows: &mut Rows<Measured>) {
        let Some(mut reading) = self.reading.take() else { return };
        // A sensor that knows nothing but an average.
        if reading.value.is_none() && !reading.is_faulty && reading.quantity == Some(Quantity::Power) {
            let average = reading.limits.iter().position(|(name, _)| *name == "average");
            reading.value = average.map(|place| reading.limits.remove(place).1);
        }
        if rows.made() == 0 && reading.adapter.is_none() {
            (0..=SWITCH).for_each(|kind| rows.without_of(kind, ["adapter"]));
        }
        rows.push(match reading.quantity {
            Some(quantity) => reading.record(quantity),
            None => {
                let fault = reading.is_faulty.then_some("fault");
                Measured::Switch(Switch {
                    chip: reading.chip,
                    adapter: reading.adapter,
                    name: reading.name,
                    state: reading.state.or(fault),
                })
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, exact, parse};

    use super::Sensors;

    #[test]
    fn limits_of_several_lines_are_one_sensors() {
        let capture = "x-isa-0290\nAdapter: ISA adapter\ntemp1:         -5.5°C  (low  = -55.0°C)\n                       (high = +127.0°C, hyst = +75.0°C)\n                       (crit = +100.0°C, hyst = +95.0°C)  sensor = thermistor\nA: b:   5.00 mV \nfan2:           0 RPM  (min =  600 RPM, div = 8)  ALARM (MIN)\nx:  FAULT\nin3: N/A\nintrusion0:  ALARM\n\n";
        let parsed = parse::<Sensors>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"temperature","chip":"x-isa-0290","adapter":"ISA adapter","name":"temp1","temperature":-5.5,"limits":{"min":-55,"max":127,"max_hyst":75,"crit":100,"crit_hyst":95},"is_alarm":false,"alarms":[],"is_faulty":false,"sensor":"thermistor"}"#,
                r#"{"kind":"voltage","chip":"x-isa-0290","adapter":"ISA adapter","name":"A: b","voltage":0.005,"limits":{},"is_alarm":false,"alarms":[],"is_faulty":false,"sensor":null}"#,
                r#"{"kind":"fan","chip":"x-isa-0290","adapter":"ISA adapter","name":"fan2","fan_speed":0,"limits":{"min":600,"div":8},"is_alarm":true,"alarms":["min"],"is_faulty":false,"sensor":null}"#,
                r#"{"kind":"switch","chip":"x-isa-0290","adapter":"ISA adapter","name":"x","state":"fault"}"#,
                r#"{"kind":"voltage","chip":"x-isa-0290","adapter":"ISA adapter","name":"in3","voltage":null,"limits":{},"is_alarm":false,"alarms":[],"is_faulty":false,"sensor":null}"#,
                r#"{"kind":"switch","chip":"x-isa-0290","adapter":"ISA adapter","name":"intrusion0","state":"alarm"}"#,
            ]
        );
        assert_any_split::<Sensors>(None, capture.as_bytes());
    }

    #[test]
    fn fahrenheit_is_turned_into_celsius() {
        let parsed = parse::<Sensors>(None, b"a-virtual-0\ntemp1:  +82.0 F  (crit = +246.2 F)\n");
        parsed.has(0, &[r#""temperature":27.8"#, r#""crit":119"#]);
        assert_eq!(exact::<Sensors>("-f -A").as_deref(), Some("-u -A"));
    }

    #[test]
    fn what_follows_a_broken_chip_or_sensor_is_nobodys() {
        let capture = "a-virtual-0\nin0:  +1.00 V\n\nbroken\nin0:  +2.00 V\n\nb-virtual-0\nin0  +3.00 V\n   (min = +1.00 V)\n";
        let parsed = parse::<Sensors>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert_unrecognised::<Sensors>(["hello\n", "No sensors found!\n", "a: b\n"]);
    }
}
