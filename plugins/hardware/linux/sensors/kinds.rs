//! What chips measure: a kind of records for each quantity, and the reading that one is made of.

use outparse_sdk::{Map, Record};

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
            /// The record of a quantity.
            pub(super) fn record(self, quantity: Quantity) -> Measured {
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
        pub(super) enum Quantity {
            $($kind,)+
        }

        /// Number of the kind of records that switches are.
        pub(super) const SWITCH: u32 = [$(stringify!($kind)),+].len() as u32;
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
pub(super) struct Reading {
    pub(super) chip: Vec<u8>,
    pub(super) adapter: Option<Vec<u8>>,
    pub(super) name: Vec<u8>,
    pub(super) quantity: Option<Quantity>,
    pub(super) value: Option<f64>,
    pub(super) limits: Vec<(&'static str, f64)>,
    pub(super) is_alarm: bool,
    pub(super) alarms: Vec<&'static str>,
    pub(super) is_faulty: bool,
    pub(super) sensor: Option<Vec<u8>>,
    pub(super) state: Option<&'static str>,
}
