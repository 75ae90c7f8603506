//! `netstat` prints tables, one after the other, each under a line that says what it is and a line of titles: sockets, UNIX sockets,
//! routes, interfaces. net-tools, BusyBox, macOS and the BSDs print the same things under other titles. `route` prints one of these
//! tables. What Windows prints has a parser of its own.

pub mod interfaces;
pub mod kernel_sockets;
pub mod routes;
mod socket_parts;
pub mod sockets;
pub mod statistics;
pub mod unix_sockets;
pub mod windows;

use interfaces::Interface;
use kernel_sockets::{KernelSocket, Module};
use std::borrow::Cow;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};
use routes::Route;
use sockets::NetworkSocket;
use statistics::{Section, Statistic};
use unix_sockets::UnixSocket;
use windows::Windows;

/// What `netstat` lists.
#[derive(Debug, Record)]
pub enum Entry<'a> {
    /// A socket of the network.
    NetworkSocket(NetworkSocket<'a>),
    /// A UNIX socket.
    UnixSocket(UnixSocket<'a>),
    /// A route.
    Route(Route<'a>),
    /// An interface and what it counted.
    Interface(Interface<'a>),
    /// A kernel control module of macOS.
    KernelModule(Module<'a>),
    /// A kernel event or control socket of macOS.
    KernelSocket(KernelSocket<'a>),
    /// Something that the kernel has counted (`-s`).
    Statistic(Statistic<'a>),
}

/// Kinds by their places in [`Entry`].
const NETWORK: u32 = 0;
const UNIX: u32 = 1;
const ROUTE: u32 = 2;
const INTERFACE: u32 = 3;
const MODULE: u32 = 4;
const KERNEL: u32 = 5;

/// The table that is being read.
pub(crate) enum Table {
    Network(sockets::Titles),
    Unix(unix_sockets::UnixTitles),
    Route(routes::Titles),
    Interface(interfaces::Titles),
    Module(Vec<String>),
    Kernel(Vec<String>),
    Statistics(Section),
}

/// Reads `netstat`.
pub struct Netstat {
    table: Option<Table>,
    /// The family that a line over a table has said: `Internet6:`.
    announced: Option<&'static [u8]>,
    /// That of the present table.
    family: Option<&'static [u8]>,
}

const EXPECTED: &str = "the titles of a table of sockets, routes or interfaces";
/// The titles of a table whose rows are not known.
const MULTIPATH: &[u8] = b"Proto/ID Flags Local Address";

impl Parser for Netstat {
    const ABOUT: About = About {
        name: "netstat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Sockets, routes and interfaces, as netstat of net-tools, BusyBox, macOS and the BSDs prints them",
        commands: &["netstat", "busybox netstat", "toybox netstat"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Entry<'static>;

    fn new(_: &Source) -> Self {
        Netstat { table: None, announced: None, family: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        // Captions begin with a capital, but for what `netstat` says itself.
        let first = line.whole().trim_start();
        let may_be_caption = first.bytes.first().is_some_and(u8::is_ascii_uppercase) || first.bytes.starts_with(b"netstat: ");
        let text = if may_be_caption { line.whole().squeezed() } else { Cow::default() };
        if is_caption(&text) {
            self.announced = family(&text).or(self.announced);
            // What follows is another table, also where its titles are not known.
            self.table = None;
            return Ok(());
        }
        // macOS prints these titles also where there is no such connection.
        if text.starts_with(MULTIPATH) {
            self.table = None;
            rows.recognise();
            return Ok(());
        }
        if let Some(section) = Section::begin(line.whole()) {
            self.table = Some(Table::Statistics(section));
            return Ok(());
        }
        if let Some(table) = titles(line) {
            show(&table, rows);
            self.family = self.announced.take();
            self.table = Some(table);
            rows.recognise();
            return Ok(());
        }
        match &mut self.table {
            None => {
                let problem = line.expected(EXPECTED);
                return Err(if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) });
            }
            Some(Table::Network(titles)) => rows.push(Entry::NetworkSocket(titles.read(line.whole())?)),
            Some(Table::Unix(titles)) => rows.push(Entry::UnixSocket(titles.read(line.whole())?)),
            Some(Table::Route(titles)) => rows.push(Entry::Route(titles.read(line.whole(), self.family)?)),
            Some(Table::Interface(titles)) => rows.push(Entry::Interface(titles.read(line.whole())?)),
            Some(Table::Module(titles)) => rows.push(Entry::KernelModule(kernel_sockets::module(titles, line.whole())?)),
            Some(Table::Kernel(titles)) => rows.push(Entry::KernelSocket(kernel_sockets::kernel(titles, line.whole())?)),
            Some(Table::Statistics(section)) => match section.read(line.whole()) {
                Ok(statistic) => {
                    rows.recognise();
                    statistic.into_iter().for_each(|statistic| rows.push(Entry::Statistic(statistic)));
                }
                Err(problem) if rows.recognised() => {
                    // What follows a broken name of a protocol is not of the one above.
                    if !line.bytes.starts_with(b" ") {
                        self.table = None;
                    }
                    return Err(problem.into());
                }
                Err(problem) => return Err(Error::Unrecognised(problem)),
            },
        }
        if let Some(Table::Network(titles)) = &self.table
            && titles.may_be_cut(line.whole())
        {
            let message = "an address fills its column and may have been cut off; `netstat -W` prints them whole";
            rows.warn_once("cut", || Problem::warning(message));
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let wide =
            words.iter().any(|word| word == "--wide" || word.starts_with('-') && !word.starts_with("--") && word.contains('W'));
        (!wide).then(|| ["-W".to_owned()].into_iter().chain(words.iter().cloned()).collect())
    }
}

/// Says which fields the records of a table have.
fn show(table: &Table, rows: &mut Rows<Entry<'static>>) {
    match table {
        Table::Network(titles) => rows.shape_of(NETWORK, titles.fields()),
        Table::Unix(titles) => rows.shape_of(UNIX, titles.fields()),
        Table::Route(titles) => rows.shape_of(ROUTE, titles.fields()),
        Table::Interface(titles) => rows.shape_of(INTERFACE, titles.fields()),
        Table::Module(titles) => rows.shape_of(MODULE, kernel_sockets::module_fields(titles)),
        Table::Kernel(titles) => rows.shape_of(KERNEL, kernel_sockets::kernel_fields(titles)),
        Table::Statistics(_) => {}
    }
}

/// A line that says what table follows.
fn is_caption(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 5] = [b"Active ", b"Kernel ", b"Routing table", b"Registered ", b"netstat: "];
    STARTS.iter().any(|start| text.starts_with(start)) || matches!(text, b"Internet:" | b"Internet6:" | b"Entries:")
}

fn family(text: &[u8]) -> Option<&'static [u8]> {
    match text {
        b"Internet:" | b"Kernel IP routing table" => Some(b"inet"),
        b"Internet6:" | b"Kernel IPv6 routing table" => Some(b"inet6"),
        _ => None,
    }
}

fn titles(line: Line<'_>) -> Option<Table> {
    const FIRST: [&[u8]; 7] = [b"Proto", b"Address", b"Destination", b"Iface", b"Name", b"id", b"kctlref"];
    let has_first = line.fields().next().is_some_and(|word| FIRST.contains(&word.bytes));
    if !has_first && line.whole().find("Proto").is_none() && line.whole().find("Local").is_none() {
        return None;
    }
    let text = String::from_utf8_lossy(&line.whole().squeezed()).into_owned();
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let first = |wanted: &[&str]| {
        words.iter().map(String::as_str).zip(wanted.iter().copied()).filter(|(a, b)| a == b).count() == wanted.len()
    };
    let after_pcb = words.iter().position(|word| word == "Proto").filter(|&at| at <= 2);
    if text.contains(" Local Address Foreign Address") {
        sockets::Titles::of(line.whole()).map(Table::Network)
    } else if first(&["Proto", "RefCnt"]) || first(&["Address", "Type", "Recv-Q"]) {
        unix_sockets::UnixTitles::of(&words).map(Table::Unix)
    } else if first(&["Destination"]) {
        routes::Titles::of(&text).map(Table::Route)
    } else if first(&["Iface", "MTU"]) || first(&["Name", "Mtu", "Network"]) {
        interfaces::Titles::of(&words).map(Table::Interface)
    } else if first(&["id", "flags", "pcbcount"]) || first(&["kctlref", "id"]) {
        Some(Table::Module(words))
    } else if after_pcb.is_some() && (text.contains(" vendor class subcla") || text.ends_with(" unit id name")) {
        Some(Table::Kernel(words))
    } else {
        None
    }
}

/// Reads `route`.
pub struct RouteTable {
    titles: Option<routes::Titles>,
    family: Option<&'static [u8]>,
}

impl Parser for RouteTable {
    const ABOUT: About = About {
        name: "route",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Routes, as route of net-tools and BusyBox prints them",
        commands: &["route", "busybox route", "toybox route"],
        dialect: "posix",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Route<'static>;

    fn new(_: &Source) -> Self {
        RouteTable { titles: None, family: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let text = line.whole().squeezed();
        if is_caption(&text) {
            self.family = family(&text).or(self.family);
            return Ok(());
        }
        if let Some(Table::Route(titles)) = titles(line) {
            rows.shape(titles.fields());
            rows.recognise();
            self.titles = Some(titles);
            return Ok(());
        }
        match &self.titles {
            None => Err(Error::Unrecognised(line.expected("the titles `Destination Gateway Genmask …`"))),
            Some(titles) => {
                rows.push(titles.read(line.whole(), self.family)?);
                Ok(())
            }
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `Destination Gateway Genmask …`")
    }
}

/// The words of a row, which may lack the last ones of its titles, and never others.
pub(crate) fn words_for<'a>(titles: usize, fewest: usize, line: Field<'a>) -> Result<Vec<Field<'a>>, Problem> {
    let words = line.words();
    if (fewest..=titles).contains(&words.len()) {
        return Ok(words);
    }
    Err(Problem::error(format!("expected {titles} fields, found {}", words.len())))
}

outparse_sdk::export!(
    "netstat-posix",
    env!("CARGO_PKG_VERSION"),
    "Sockets, routes and interfaces, as netstat and route print them";
    Netstat, RouteTable, Windows
);

#[cfg(test)]
mod tests;
