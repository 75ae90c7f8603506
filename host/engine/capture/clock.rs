//! The clock of this machine: when a command is captured, and the offset from UTC here.

use crate::sandbox::Moment;

/// Now, with this machine's offset.
pub fn now() -> Moment {
    let now = chrono::Local::now();
    Moment { seconds: now.timestamp(), offset: Some(now.offset().local_minus_utc()) }
}
