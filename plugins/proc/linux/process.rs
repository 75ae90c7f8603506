//! Files of one process, `/proc/<pid>/…`, each in the module of its name.

mod io;
mod maps;
mod smaps;
mod stat;
mod statm;
mod status;

pub use io::{InputOutput, ProcessIo};
pub use maps::{Mapping, ProcessMaps};
pub use smaps::{MappingUse, ProcessSmaps};
pub use stat::{Numbers, ProcessStat};
pub use statm::{Pages, ProcessStatm};
pub use status::{ProcessStatus, Status};
