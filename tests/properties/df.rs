//! Records that are printed as each `df` would print them are parsed to the same records.

use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Limits, Sandbox};
use serde_json::Value;

use super::captures::parse;
use super::random::Random;

/// A filesystem in units of 1024 bytes.
struct Filesystem {
    device: String,
    size: i64,
    used: i64,
    available: i64,
    percent: i64,
    mount: String,
}

#[test]
fn records_of_gnu_df_survive_printing_and_parsing() {
    survive("df-gnu", 11, gnu);
}

#[test]
fn records_of_bsd_df_survive_printing_and_parsing() {
    survive("df-bsd", 12, bsd);
}

#[test]
fn records_of_busybox_df_survive_printing_and_parsing() {
    survive("df-busybox", 13, busybox);
}

fn survive(plugin: &str, seed: u64, print: fn(&[Filesystem]) -> String) {
    let plugin = bundled().iter().find(|bundled| bundled.name == plugin).unwrap();
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let capture = Capture::of_command(&["df".to_owned(), "-k".to_owned()]);
    let mut random = Random::new(seed);
    for _ in 0..500 {
        let filesystems: Vec<Filesystem> = (0..=random.below(9)).map(|_| any(&mut random)).collect();
        let printed = print(&filesystems);
        let outcome = parse(&sandbox, &Candidate::Bundled(plugin, 0), &capture, &random.split(printed.as_bytes()));
        let records = outcome.records.unwrap_or_else(|| panic!("not recognised:\n{printed}"));
        assert_eq!((&outcome.problems[..], records.lines().count()), (&[][..], filesystems.len()), "{printed}");
        for (record, filesystem) in records.lines().zip(&filesystems) {
            let record: Value = serde_json::from_str(record).unwrap();
            assert_eq!(record["filesystem"], filesystem.device, "{printed}");
            assert_eq!(record["size"], filesystem.size * 1024, "{printed}");
            assert_eq!(record["used"], filesystem.used * 1024, "{printed}");
            assert_eq!(record["available"], filesystem.available * 1024, "{printed}");
            assert_eq!(record["use_percent"], filesystem.percent, "{printed}");
            assert_eq!(record["mounted_on"], filesystem.mount, "{printed}");
        }
    }
}

/// Names are made of letters: what blanks and digits in them can mean is a matter of fixtures.
fn any(random: &mut Random) -> Filesystem {
    let mut size = || {
        let digits = random.below(11) as u32;
        random.below(10_usize.pow(digits)) as i64
    };
    let (size, used, available) = (size(), size(), size());
    let mut word = |longest| (0..=random.below(longest)).map(|_| char::from(b'a' + random.below(26) as u8)).collect::<String>();
    let (device, first, second) = (format!("/dev/{}", word(30)), word(12), word(12));
    let percent = random.below(101) as i64;
    let mount = if random.below(3) == 0 { format!("/{first} {second}") } else { format!("/{first}") };
    Filesystem { device, size, used, available, percent, mount }
}

/// coreutils, `src/df.c`: each column as wide as its widest value, with least widths of 14, 5, 5, 5 and 4.
fn gnu(filesystems: &[Filesystem]) -> String {
    let titles = ["Filesystem", "1K-blocks", "Used", "Available", "Use%", "Mounted on"].map(str::to_owned);
    let mut rows = vec![titles];
    rows.extend(filesystems.iter().map(|f| {
        [
            f.device.clone(),
            f.size.to_string(),
            f.used.to_string(),
            f.available.to_string(),
            format!("{}%", f.percent),
            f.mount.clone(),
        ]
    }));
    let width = |column: usize, least: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0).max(least);
    let widths = [width(0, 14), width(1, 5), width(2, 5), width(3, 5), width(4, 4)];
    let line = |[device, size, used, available, percent, mount]: &[String; 6]| {
        let [a, b, c, d, e] = widths;
        format!("{device:a$} {size:>b$} {used:>c$} {available:>d$} {percent:>e$} {mount}\n")
    };
    rows.iter().map(line).collect()
}

/// FreeBSD, `bin/df/df.c`: three columns as wide as their widest value, the others fixed.
fn bsd(filesystems: &[Filesystem]) -> String {
    let widest = |least: usize, length: fn(&Filesystem) -> usize| filesystems.iter().map(length).max().unwrap_or(0).max(least);
    let device = widest("Filesystem".len(), |f| f.device.len());
    let size = widest("1024-blocks".len(), |f| f.size.to_string().len());
    let used = widest("Used".len(), |f| f.used.to_string().len());
    let available = widest("Avail".len(), |f| f.available.to_string().len());
    let mut printed = format!(
        "{:device$} {:>size$} {:>used$} {:>available$} Capacity  Mounted on\n",
        "Filesystem", "1024-blocks", "Used", "Avail"
    );
    for f in filesystems {
        printed.push_str(&format!(
            "{:device$} {:>size$} {:>used$} {:>available$} {:>5}%    {}\n",
            f.device, f.size, f.used, f.available, f.percent, f.mount
        ));
    }
    printed
}

/// BusyBox, `coreutils/df.c`: fixed columns; a device that is too long has a line of its own.
fn busybox(filesystems: &[Filesystem]) -> String {
    let mut printed = "Filesystem           1K-blocks      Used Available Use% Mounted on\n".to_owned();
    for f in filesystems {
        let device = if f.device.len() > 20 { format!("{}\n{:20}", f.device, "") } else { format!("{:20}", f.device) };
        printed.push_str(&format!("{device} {:>9} {:>9} {:>9} {:>3}% {}\n", f.size, f.used, f.available, f.percent, f.mount));
    }
    printed
}
