//! `sensors`, and `sensors -u`: chips, and below each what it measures.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, without_options};

macro_rules! kinds {
    ($($(#[doc = $about:literal])+ $kind:ident { $(#[doc = $what:literal])+ $value:ident: $unit:literal })+) => {
        /// What a chip measures.
        #[derive(Clone, Debug, Record)]
        pub enum Measured {
            $($(#[doc = $about])+ $kind($kind),)+
            /// What is no quantity, and a sensor that fails, where nothing says of what it is.
            Switch(Switch),
        }

        $($(#[doc = $about])+
        #[derive(Clone, Debug, Default, Record)]
        pub struct $kind {
            /// The chip: `coretemp-isa-0000`.
            #[field(key)]
            pub chip: Vec<u8>,
            /// How the chip is reached: `ISA adapter` (not with `-A`).
            pub adapter: Option<Vec<u8>>,
            /// What is measured, by its label: `Core 0`, `temp1`.
            #[field(key)]
            pub name: Vec<u8>,
            $(#[doc = $what])+
            #[field(unit = $unit, gauge)]
            pub $value: Option<f64>,
            /// Limits and other values, by the names that the kernel has for them: `max`, `crit`, `crit_hyst`; in the same unit, but for
            /// `average_interval` in seconds.
            pub limits: Map<f64>,
            /// Whether a limit is passed.
            pub is_alarm: bool,
            /// Which limits are passed, where that is said.
            pub alarms: Vec<&'static str>,
            /// Whether the sensor does not work.
            pub is_faulty: bool,
            /// What sort of sensor it is: `thermistor`.
            pub sensor: Option<Vec<u8>>,
        })+

        impl Reading {
            fn record(self, quantity: Quantity) -> Measured {
                match quantity {
                    $(Quantity::$kind => Measured::$kind($kind {
                        chip: self.chip,
                        adapter: self.adapter,
                        name: self.name,
                        $value: self.value,
                        limits: Map(self.limits.into_iter().map(|(name, value)| (name.into(), value)).collect()),
                        is_alarm: self.is_alarm,
                        alarms: self.alarms,
                        is_faulty: self.is_faulty,
                        sensor: self.sensor,
                    }),)+
                }
            }
        }

        /// What is measured.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Quantity {
            $($kind,)+
        }

        /// Number of the kind of records that switches are.
        const SWITCH: u32 = [$(stringify!($kind)),+].len() as u32;
    };
}

kinds! {
    /// A temperature.
    Temperature {
        /// The temperature; null where the sensor gives none.
        temperature: "celsius"
    }
    /// A voltage.
    Voltage {
        /// The voltage; null where the sensor gives none.
        voltage: "volts"
    }
    /// A fan.
    Fan {
        /// Its speed; null where the sensor gives none.
        fan_speed: "rpm"
    }
    /// A power.
    Power {
        /// The power, averaged where only that is measured; null where the sensor gives none.
        power: "watts"
    }
    /// A current.
    Current {
        /// The current; null where the sensor gives none.
        current: "amperes"
    }
    /// An energy.
    Energy {
        /// The energy; null where the sensor gives none.
        energy: "joules"
    }
    /// A humidity.
    Humidity {
        /// Relative humidity; null where the sensor gives none.
        humidity: "percent"
    }
}

/// What is no quantity.
#[derive(Clone, Debug, Default, Record)]
pub struct Switch {
    /// The chip: `coretemp-isa-0000`.
    #[field(key)]
    pub chip: Vec<u8>,
    /// How the chip is reached: `ISA adapter` (not with `-A`).
    pub adapter: Option<Vec<u8>>,
    /// What it is, by its label: `intrusion0`, `beep_enable`.
    #[field(key)]
    pub name: Vec<u8>,
    /// How it stands: `alarm`, `ok`, `enabled`, `disabled`, `fault`; null where the chip does not say.
    pub state: Option<&'static str>,
}

/// What is said of one sensor.
#[derive(Clone, Debug, Default)]
struct Reading {
    chip: Vec<u8>,
    adapter: Option<Vec<u8>>,
    name: Vec<u8>,
    quantity: Option<Quantity>,
    value: Option<f64>,
    limits: Vec<(&'static str, f64)>,
    is_alarm: bool,
    alarms: Vec<&'static str>,
    is_faulty: bool,
    sensor: Option<Vec<u8>>,
    state: Option<&'static str>,
}

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

impl Reading {
    /// `Core 0:  +41.0°C  (high = +80.0°C, crit = +100.0°C)`, or with `-u` the label alone.
    fn labelled(mut self, line: Field<'_>) -> Result<Reading, Error> {
        let (label, said) = line.rsplit_once(":").ok_or_else(|| line.expected("a sensor's label and a colon"))?;
        self.name = label.bytes.to_vec();
        self.quantity = quantity_of(label);
        let said = said.trim();
        match said.bytes {
            b"" => return Ok(self),
            b"ALARM" => self.state = Some("alarm"),
            b"OK" => self.state = Some("ok"),
            b"enabled" => self.state = Some("enabled"),
            b"disabled" => self.state = Some("disabled"),
            _ => {
                let marks = said.bytes.iter().position(|byte| *byte == b'(').unwrap_or(said.bytes.len());
                let at = said.find("  ").unwrap_or(marks).min(marks);
                let (value, marks) = said.split_at(at);
                match value.trim_end().bytes {
                    b"FAULT" => self.is_faulty = true,
                    b"N/A" => {}
                    _ => {
                        let (quantity, value) = amount(value.trim_end())?;
                        (self.quantity, self.value) = (quantity, Some(value));
                    }
                }
                self.marks(marks.trim_start())?;
            }
        }
        Ok(self)
    }

    /// `(high = +80.0°C, hyst = +75.0°C)  ALARM (MAX)  sensor = thermistor`
    fn marks(&mut self, marks: Field<'_>) -> Result<(), Problem> {
        let mut rest = marks;
        if let Some(limits) = rest.strip_prefix("(") {
            let (limits, after) = limits.split_once(")").ok_or_else(|| limits.expected("limits and a bracket behind them"))?;
            let mut before = "";
            for limit in limits.split(", ") {
                let (name, value) = limit.split_once(" = ").ok_or_else(|| limit.expected("`NAME = VALUE`"))?;
                let name = limit_named(name, before)?;
                let (quantity, value) = amount(value.trim())?;
                if self.quantity.is_none() && !matches!(name, "average_interval" | "div") {
                    self.quantity = quantity;
                }
                self.limits.push((name, value));
                before = name;
            }
            rest = after.trim();
        }
        if let Some(after) = rest.strip_prefix("ALARM") {
            self.is_alarm = true;
            rest = after.trim();
            if let Some((names, after)) = rest.strip_prefix("(").and_then(|names| names.split_once(")")) {
                for name in names.split(", ") {
                    self.alarms.push(alarm_named(name)?);
                }
                rest = after.trim();
            }
        }
        if let Some(after) = rest.strip_prefix("(beep)") {
            rest = after.trim();
        }
        if let Some(sensor) = rest.strip_prefix("sensor = ") {
            self.sensor = Some(sensor.bytes.to_vec());
            return Ok(());
        }
        if rest.is_blank() { Ok(()) } else { Err(rest.expected("limits, an alarm or the sort of sensor")) }
    }

    /// `temp1_crit: 100.000`, as the kernel names it.
    fn raw(&mut self, line: Field<'_>) -> Result<(), Problem> {
        let parts = line.split_once(": ").ok_or_else(|| line.expected("`NAME: VALUE`"))?;
        let (feature, value) = (parts.0, parts.1.trim());
        let value = value.float()?;
        let is_on = value != 0.0;
        let Some((sensor, what)) = feature.split_once("_").filter(|_| feature.bytes != b"beep_enable") else {
            self.state = Some(if is_on { "enabled" } else { "disabled" });
            return Ok(());
        };
        self.quantity = quantity_of(sensor);
        let what = what.bytes;
        match what {
            b"input" | b"vid" => self.value = Some(value),
            b"alarm" if self.quantity.is_none() => self.state = Some(if is_on { "alarm" } else { "ok" }),
            b"alarm" => self.is_alarm |= is_on,
            b"fault" => self.is_faulty = is_on,
            b"type" => {
                const SENSORS: [&str; 7] =
                    ["", "CPU diode", "transistor", "thermal diode", "thermistor", "AMD AMDSI", "Intel PECI"];
                self.sensor = SENSORS.get(value as usize).filter(|name| !name.is_empty()).map(|name| name.as_bytes().to_vec());
            }
            _ => {
                if let Some(limit) = what.strip_suffix(b"_alarm") {
                    self.is_alarm |= is_on;
                    if is_on {
                        self.alarms.push(known(limit).ok_or_else(|| feature.expected("a value that the kernel has"))?);
                    }
                } else if let Some(name) = known(what) {
                    self.limits.push((name, value));
                } else {
                    return Err(feature.expected("a value that the kernel has"));
                }
            }
        }
        // A sensor that fails has no value, whatever stands there.
        if self.is_faulty {
            self.value = None;
        }
        Ok(())
    }
}

/// Names that the kernel has for values beside what is measured.
const NAMES: [&str; 28] = [
    "min",
    "max",
    "crit",
    "lcrit",
    "emergency",
    "min_hyst",
    "max_hyst",
    "crit_hyst",
    "lcrit_hyst",
    "emergency_hyst",
    "lowest",
    "highest",
    "average",
    "average_interval",
    "average_lowest",
    "average_highest",
    "input_lowest",
    "input_highest",
    "cap",
    "cap_hyst",
    "cap_max",
    "cap_min",
    "div",
    "pulses",
    "beep",
    "offset",
    "accuracy",
    "target",
];

fn known(name: &[u8]) -> Option<&'static str> {
    NAMES.into_iter().find(|known| known.as_bytes() == name)
}

/// The kernel's name of what `sensors` calls otherwise. `hyst` is of the limit before it.
fn limit_named(name: Field<'_>, before: &str) -> Result<&'static str, Problem> {
    let found = match (name.trim().bytes, before) {
        (b"high" | b"max", _) => Some("max"),
        (b"low" | b"min", _) => Some("min"),
        (b"crit" | b"crit max" | b"crit high", _) => Some("crit"),
        (b"crit low" | b"crit min" | b"lcrit", _) => Some("lcrit"),
        (b"emerg", _) => Some("emergency"),
        (b"avg", _) => Some("average"),
        (b"avg lowest", _) => Some("average_lowest"),
        (b"avg highest", _) => Some("average_highest"),
        (b"interval", _) => Some("average_interval"),
        (b"hyst", "max") => Some("max_hyst"),
        (b"hyst", "min") => Some("min_hyst"),
        (b"hyst", "crit") => Some("crit_hyst"),
        (b"hyst", "lcrit") => Some("lcrit_hyst"),
        (b"hyst", "emergency") => Some("emergency_hyst"),
        (b"hyst", "cap") => Some("cap_hyst"),
        (name, _) => known(name),
    };
    found.ok_or_else(|| name.expected("the name of a limit"))
}

fn alarm_named(name: Field<'_>) -> Result<&'static str, Problem> {
    match name.bytes {
        b"LOW" | b"MIN" => Ok("min"),
        b"HIGH" | b"MAX" => Ok("max"),
        b"CRIT" | b"CRIT MAX" => Ok("crit"),
        b"LCRIT" | b"CRIT MIN" => Ok("lcrit"),
        b"EMERGENCY" => Ok("emergency"),
        b"CAP" => Ok("cap"),
        _ => Err(name.expected("the name of a limit that is passed")),
    }
}

/// What a sensor measures by the kernel's name of it, `temp1`, where it has no other label.
fn quantity_of(name: Field<'_>) -> Option<Quantity> {
    let digits = name.bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match &name.bytes[..name.bytes.len() - digits] {
        _ if digits == 0 => None,
        b"temp" => Some(Quantity::Temperature),
        b"in" | b"cpu" => Some(Quantity::Voltage),
        b"fan" => Some(Quantity::Fan),
        b"power" => Some(Quantity::Power),
        b"curr" => Some(Quantity::Current),
        b"energy" => Some(Quantity::Energy),
        b"humidity" => Some(Quantity::Humidity),
        _ => None,
    }
}

/// `+41.0°C`, `1200 RPM`, `920.00 mV`: what it is, and how much in that quantity's unit.
fn amount(text: Field<'_>) -> Result<(Option<Quantity>, f64), Problem> {
    let end = text.bytes.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-')).count();
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    let plain = number.float()?;
    let bare = unit.strip_prefix("°").unwrap_or(unit);
    match bare.bytes {
        b"C" => return Ok((Some(Quantity::Temperature), plain)),
        b"F" => {
            // As many decimals as were printed.
            let celsius = (plain - 32.0) / 1.8;
            return Ok((Some(Quantity::Temperature), (celsius * 10.0).round() / 10.0));
        }
        b"RPM" => return Ok((Some(Quantity::Fan), plain)),
        b"%RH" => return Ok((Some(Quantity::Humidity), plain)),
        b"" | b"s" => return Ok((None, plain)),
        _ => {}
    }
    let (power, letter) = match bare.bytes {
        [letter] => (0, *letter),
        [b'n', letter] => (-9, *letter),
        [b'u', letter] => (-6, *letter),
        [b'm', letter] => (-3, *letter),
        [b'k', letter] => (3, *letter),
        [b'M', letter] => (6, *letter),
        [b'G', letter] => (9, *letter),
        _ => return Err(unit.expected("a unit of what is measured")),
    };
    let quantity = match letter {
        b'V' => Quantity::Voltage,
        b'W' => Quantity::Power,
        b'A' => Quantity::Current,
        b'J' => Quantity::Energy,
        _ => return Err(unit.expected("a unit of what is measured")),
    };
    Ok((Some(quantity), number.float_e(power)?))
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
