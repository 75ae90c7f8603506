//! What is said of a disk: a kind of records for each sort of tables.

use outparse_sdk::{Map, Record};

/// Places of kinds among those of the records.
pub(crate) const DISK: u32 = 0;
pub(crate) const ATTRIBUTE: u32 = 1;
pub(crate) const SELF_TEST: u32 = 3;

/// What is said of a disk.
#[derive(Clone, Debug, Record)]
pub enum Smart {
    /// The disk.
    Disk(Box<Disk>),
    /// An attribute of an ATA disk.
    Attribute(Attribute),
    /// Errors of a SCSI disk, counted.
    ErrorCounter(ErrorCounter),
    /// A self-test that was made.
    SelfTest(SelfTest),
    /// A disk that was found (`--scan`).
    Found(Found),
    /// A line that is not taken apart: of the log of errors, of power states, …
    Remark(Remark),
}

/// A disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Disk {
    /// Vendor.
    pub vendor: Option<Vec<u8>>,
    /// The models that it belongs to.
    pub model_family: Option<Vec<u8>>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// Serial number.
    #[field(key)]
    pub serial: Option<Vec<u8>>,
    /// Version of its firmware.
    pub firmware: Option<Vec<u8>>,
    /// How much it holds.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Size of its logical blocks.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// How fast it turns; null for one that does not.
    #[field(unit = "rpm")]
    pub rotation_rate: Option<i64>,
    /// Whether it can watch itself.
    pub smart_available: Option<bool>,
    /// Whether it does.
    pub smart_enabled: Option<bool>,
    /// How it judges itself: `PASSED`, `OK`, `FAILED!`.
    pub health: Option<Vec<u8>>,
    /// Temperature.
    #[field(unit = "celsius", gauge)]
    pub temperature: Option<i64>,
    /// How long it has been on.
    #[field(unit = "seconds", counter)]
    pub power_on_time: Option<i64>,
    /// How often it was turned on.
    #[field(counter)]
    pub power_cycles: Option<i64>,
    /// How many errors its log has counted.
    #[field(counter)]
    pub error_count: Option<i64>,
    /// How much of its life is used, by its own reckoning (NVMe).
    #[field(unit = "percent", gauge)]
    pub life_used_percent: Option<i64>,
    /// What has been read (NVMe).
    #[field(unit = "bytes", counter)]
    pub read: Option<i64>,
    /// What has been written (NVMe).
    #[field(unit = "bytes", counter)]
    pub written: Option<i64>,
    /// All that is said with a name, by that.
    pub properties: Map<Vec<u8>>,
}

/// An attribute of an ATA disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Attribute {
    /// Number of the attribute.
    #[field(key)]
    pub number: i64,
    /// Its name.
    pub name: Vec<u8>,
    /// Its flags, as printed: in hexadecimal, or letters with `-f brief`.
    pub flag: Vec<u8>,
    /// Its value, the higher the better; null where there is none.
    #[field(gauge)]
    pub normalized: Option<i64>,
    /// The worst value so far; null where there is none.
    pub worst: Option<i64>,
    /// The value at and below which it has failed; null where there is none.
    pub threshold: Option<i64>,
    /// What it warns of: `pre-fail`, `old age` (not with `-f brief`).
    pub r#type: Option<&'static str>,
    /// When it is brought up to date: `always`, `offline` (not with `-f brief`).
    pub updated: Option<&'static str>,
    /// Whether it has failed: `now`, `past`; null where it never did.
    pub failed: Option<&'static str>,
    /// What the disk counts, in the vendor's own way.
    pub raw: Vec<u8>,
    /// The same as a number, where it is or begins with one.
    pub raw_value: Option<i64>,
}

/// Errors of a SCSI disk in one direction.
#[derive(Clone, Debug, Default, Record)]
pub struct ErrorCounter {
    /// What was done: `read`, `write`, `verify`.
    #[field(key)]
    pub operation: Vec<u8>,
    /// Errors that its code corrected at once.
    #[field(counter)]
    pub corrected_fast: i64,
    /// Errors that its code corrected with delay.
    #[field(counter)]
    pub corrected_delayed: i64,
    /// Errors that were corrected by doing it once more.
    #[field(counter)]
    pub corrected_by_repeating: i64,
    /// All errors that were corrected.
    #[field(counter)]
    pub corrected: i64,
    /// How often a correction was tried.
    #[field(counter)]
    pub corrections: i64,
    /// How much was read or written.
    #[field(unit = "bytes", counter, approximate)]
    pub processed: i64,
    /// Errors that were not corrected.
    #[field(counter)]
    pub uncorrected: i64,
}

/// A self-test that was made.
#[derive(Clone, Debug, Default, Record)]
pub struct SelfTest {
    /// Its number: the latest is the first.
    #[field(key)]
    pub number: i64,
    /// Which test.
    pub description: Vec<u8>,
    /// How it ended.
    pub status: Vec<u8>,
    /// How much of it was left to do (ATA).
    #[field(unit = "percent")]
    pub remaining_percent: Option<i64>,
    /// How long the disk had been on.
    #[field(unit = "seconds")]
    pub power_on_time: Option<i64>,
    /// The first block that failed; null where none did.
    pub first_error: Option<i64>,
    /// The part of the test that failed; null where none did.
    pub segment: Option<Vec<u8>>,
}

/// A disk that was found.
#[derive(Clone, Debug, Default, Record)]
pub struct Found {
    /// Its device.
    #[field(key)]
    pub device: Vec<u8>,
    /// How it is reached, for `-d`.
    pub r#type: Vec<u8>,
    /// What else is said of it.
    pub description: Option<Vec<u8>>,
}

/// A line that is not taken apart.
#[derive(Clone, Debug, Default, Record)]
pub struct Remark {
    /// What it stands under.
    pub section: Option<Vec<u8>>,
    /// The line.
    pub text: Vec<u8>,
}
