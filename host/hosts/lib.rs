//! One command on many machines, through the system's OpenSSH client: nothing is installed on them, and what they print is parsed here.
//!
//! [`Hosts`] asks all of them at once and gives what comes, as it comes: the records of each machine, and for each exactly one
//! [`Outcome`], also for those that never answered.
//!
//! ```no_run
//! use outparse_hosts::{Answer, Hosts, Target};
//!
//! let targets = Target::list("web1,admin@db1").unwrap();
//! for (target, answer) in Hosts::new(targets).run(["df", "-k"])? {
//!     match answer {
//!         Answer::Records(_, batch) => println!("{}: {} filesystems", target.name, batch.num_rows()),
//!         Answer::Outcome(outcome) => println!("{}: {}", target.name, outcome.verdict),
//!         Answer::Errors(line) => eprintln!("{}: {line}", target.name),
//!         _ => {}
//!     }
//! }
//! # Ok::<(), outparse::Error>(())
//! ```

mod answers;
mod client;
mod command_line;
mod count;
mod digests;
mod ending;
mod exact;
mod frame;
mod inventory;
mod listed;
mod log;
mod names;
mod orders;
mod outcome;
mod parsing;
mod script;
mod ssh_config;
mod standard_error;
mod target;
mod told;
mod visit;
mod window;

pub use answers::{Answers, Hosts, visit_all};
pub use client::Client;
pub use count::{Count, Counted};
pub use digests::Digests;
pub use orders::Orders;
pub use outcome::{Outcome, Verdict};
pub use script::Script;
pub use target::{Target, without_duplicates};
pub use told::{Answer, Told};
