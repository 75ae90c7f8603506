//! A blank cell moves nothing: each word of each fixture is blanked in turn, and what changes is that value alone, or a problem says so.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Ended, Limits, Sandbox};
use outparse_authoring::fixture::{Parsed, of_bundled, parse_parts};
use serde_json::{Map, Value};

/// Captures that have no cells, by their parser and how their names begin: sentences, a name and what is said of it, and what is all
/// text. Any word of theirs is as good as another, or what is left says what was said.
const WITHOUT_CELLS: [(&str, &str); 77] = [
    ("about-linux", "debian-12/date"),
    ("about-linux", "debian-12/lscpu"),
    ("about-linux", "edge/"),
    ("airport-macos", "edge/usual"),
    ("archives-any", "debian-12/rsync-dry-run"),
    ("archives-any", "debian-12/rsync-progress"),
    ("archives-any", "edge/rsync"),
    ("arp-posix", "debian-12/sentences"),
    ("arp-posix", "edge/"),
    ("arp-posix", "freebsd-14/sentences"),
    ("arp-posix", "macos-14/sentences"),
    ("curl-http", ""),
    ("desktop-linux", ""),
    ("disks-linux", "debian-12/sfdisk-dump"),
    ("disks-linux", "debian-12/tune2fs"),
    ("dns-bind", ""),
    ("env-posix", ""),
    ("etc-posix", "debian-12/getent-hosts"),
    ("etc-posix", "debian-12/postconf"),
    ("etc-posix", "edge/crontab"),
    ("etc-posix", "edge/fstab"),
    ("etc-posix", "edge/hosts"),
    ("etc-posix", "edge/lsb-release"),
    ("etc-posix", "edge/os-release"),
    ("etc-posix", "edge/post"),
    ("etc-posix", "edge/resolv-conf"),
    ("etc-posix", "edge/sshd"),
    ("ethtool-linux", ""),
    ("firewall-linux", "debian-12/iptables-save"),
    ("firewall-linux", "debian-12/nft"),
    ("firewall-linux", "edge/iptables-save"),
    ("firewall-linux", "edge/nft"),
    ("firewall-linux", "edge/save"),
    ("firewall-linux", "edge/ufw"),
    ("firewall-linux", "edge/wg"),
    ("git-git", ""),
    ("hardware-linux", ""),
    ("ifconfig-posix", ""),
    ("ini-any", ""),
    ("ip-linux", "debian-12/addr"),
    ("ip-linux", "debian-12/address"),
    ("ip-linux", "debian-12/link"),
    ("ip-linux", "debian-12/neighbours"),
    ("ip-linux", "debian-12/route"),
    ("ip-linux", "debian-12/rules"),
    ("ip-linux", "edge/"),
    ("keys-any", "debian-12/"),
    ("keys-any", "edge/"),
    ("log-text", ""),
    ("mdadm-linux", ""),
    ("netstat-posix", "debian-12/statistics"),
    ("netstat-posix", "edge/statistics"),
    ("nmcli-networkmanager", "edge/device-show"),
    ("ntp-any", "edge/chronyc-tracking"),
    ("packages-any", "debian-12/apt-cache"),
    ("packages-any", "debian-12/apt-policy"),
    ("packages-any", "debian-12/dpkg-status"),
    ("packages-any", "edge/pacman"),
    ("packages-any", "edge/pip-freeze"),
    ("packages-any", "edge/pip-show"),
    ("packages-any", "edge/rpm"),
    ("proc-linux", "debian-12/zoneinfo"),
    ("proc-linux", "edge/zoneinfo"),
    ("proc-linux", "linux-6/self-smaps"),
    ("proc-linux", "linux-6/self-status"),
    ("smartctl-any", "debian-12/"),
    ("smartctl-any", "edge/nvme"),
    ("smartctl-any", "edge/scsi"),
    ("smartctl-any", "edge/unknown"),
    ("systemctl-systemd", "edge/show"),
    ("systemctl-systemd", "edge/status"),
    ("table-any", ""),
    ("time-posix", ""),
    ("uname-posix", ""),
    ("wc-posix", ""),
    ("wireless-linux", ""),
    ("zfs-openzfs", "edge/status"),
];

/// What is left of these is as good a capture as the whole: a row without a device goes on with the line before it, a line of `ls -lT`
/// without its year has another form, and a name of two words is a name and a type.
const AMBIGUOUS: [&str; 16] = [
    "debian-12-coreutils-9.1/device-is-empty",
    "written/two-captures-after-each-other",
    "freebsd-14/long-full-time",
    "macos-14/human-readable-type-without-inodes",
    // A partition that is not booted from has no sign.
    "debian-12/fdisk-dos",
    // A path may be all blanks, and `total` be a file's name.
    "debian-12/find",
    "edge/find-refused",
    "debian-12/du-total",
    // `4h 3min` without its hours is as good a duration, and a hop may be asked once.
    "edge/timers",
    "edge/timers-right",
    "edge/traceroute-systems",
    "freebsd-14/traceroute-several",
    // A mark stands before a terminal or does not, or in place of a time; a name may begin with a blank as a device of a pool does.
    "debian-12/finger-short",
    "edge/finger",
    "edge/finger-unknown-arguments",
    "edge/pools",
];

/// Words of a fixture that are tried; the others of a long one look the same.
const MOST_WORDS: usize = 60;

fn parse(sandbox: &Sandbox, parser: &Candidate, capture: &Capture, bytes: &[u8]) -> Option<(Vec<Map<String, Value>>, Parsed)> {
    let (parsed, ended) = parse_parts(sandbox, parser, capture, Ended::COMPLETE, &[bytes]);
    ended.ok()?;
    let records = parsed.records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Some((records, parsed))
}

/// Where the words of the lines after the first are.
fn words(bytes: &[u8]) -> Vec<(usize, usize)> {
    let start = bytes.iter().position(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let mut words = Vec::new();
    let mut at = start;
    while at < bytes.len() {
        if matches!(bytes[at], b' ' | b'\n' | b'\r' | b'\t') {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().position(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(bytes.len() - at);
        words.push((at, at + length));
        at += length;
    }
    let step = words.len().div_ceil(MOST_WORDS).max(1);
    words.into_iter().step_by(step).collect()
}

/// Whether a value may have become another one when this word was blanked: it lost the word, or all of it.
fn may_become(before: Option<&Value>, after: Option<&Value>, word: &str) -> bool {
    match (before, after) {
        (before, after) if before == after => true,
        (_, None | Some(Value::Null)) => true,
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            after.iter().all(|(key, value)| may_become(before.get(key), Some(value), word))
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            after.iter().all(|item| before.iter().any(|before| may_become(Some(before), Some(item), word)))
        }
        (Some(Value::String(before)), Some(Value::String(after))) => {
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            let without = |(at, _): (usize, &str)| squeezed(&format!("{}{}", &before[..at], &before[at + word.len()..]));
            // What is nothing but blanks may be a name of blanks. Of two columns that say the same, the other may say it shorter.
            after.trim().is_empty()
                || before.starts_with(after.as_str())
                || before.match_indices(word).map(without).any(|rest| rest == squeezed(after))
        }
        _ => false,
    }
}

/// What the blank moved, if anything: the first value that became another one, or how many records there are.
fn moved(before: &[Map<String, Value>], after: &[Map<String, Value>], word: &str) -> Option<String> {
    if before.len() != after.len() {
        return Some(format!("{} records became {}", before.len(), after.len()));
    }
    let text = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    before.iter().zip(after).enumerate().find_map(|(index, (before, after))| {
        let name = after.keys().chain(before.keys()).find(|name| !may_become(before.get(*name), after.get(*name), word))?;
        Some(format!("{name} of record {} was {} and became {}", index + 1, text(before.get(name)), text(after.get(name))))
    })
}

/// Titles, rules and the words of sentences are no cells.
fn is_syntax(word: &str, line: &str) -> bool {
    let title = |word: &str| !word.bytes().any(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let words = || line.split_whitespace();
    // The words of `mount` and `ping`, which are sentences.
    let sentence = ["->", "type", "on", "by", "ping", "ping6", "mounted", "reached"].contains(&word)
        || is_statement(line)
        || word.contains(['"', '('])
        || line.ends_with(')') && word.ends_with(',');
    sentence
        || word.contains('\\')
        // The lines of a tree, which are wider in bytes than in characters.
        || !word.is_ascii() && !word.chars().any(char::is_alphanumeric)
        || words().all(title) && words().count() > 1
        || words().count() == 1
        || words().next() == Some("total")
}

/// `Sector size (logical/physical): 512 bytes / 512 bytes`
fn is_statement(line: &str) -> bool {
    let Some((name, _)) = line.split_once(": ") else { return false };
    let plain = |character: char| character.is_ascii_alphabetic() || " /()%".contains(character);
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.contains(' ') && name.chars().all(plain) || name == "Units"
}

#[test]
fn a_blank_cell_moves_nothing() {
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let (mut tried, mut wrong, mut used) = (0, Vec::new(), Vec::new());
    for plugin in bundled() {
        for (fixture, capture, parser) in of_bundled(&sandbox, plugin, &root).unwrap() {
            let exempts = |(parser, prefix): &&(&str, &str)| *parser == plugin.name && fixture.name.starts_with(prefix);
            let before_exempt = used.len();
            used.extend(WITHOUT_CELLS.iter().filter(exempts));
            if used.len() > before_exempt {
                continue;
            }
            let bytes = fixture.output().unwrap();
            let Some((before, clean)) = parse(&sandbox, &parser, &capture, &bytes) else { continue };
            // Where something is wrong before, one problem more or less says nothing.
            if AMBIGUOUS.contains(&fixture.name.as_str()) || before.is_empty() || !clean.problems.is_empty() {
                continue;
            }
            for (start, end) in words(&bytes) {
                let line_start = bytes[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
                let line_end = bytes[end..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| end + at);
                let (Ok(word), line) =
                    (str::from_utf8(&bytes[start..end]), String::from_utf8_lossy(&bytes[line_start..line_end]))
                else {
                    continue;
                };
                if is_syntax(word, &line) {
                    continue;
                }
                let mut blanked = bytes.clone();
                blanked[start..end].fill(b' ');
                tried += 1;
                // An error, or one more problem, is a word.
                let Some((after, parsed)) = parse(&sandbox, &parser, &capture, &blanked) else { continue };
                if !parsed.problems.is_empty() {
                    continue;
                }
                if let Some(moved) = moved(&before, &after, word) {
                    let line = bytes[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
                    wrong.push(format!("{} {}: `{word}` in line {line}: {moved}", plugin.name, fixture.name));
                }
            }
        }
    }
    let unused = WITHOUT_CELLS.iter().filter(|exempt| !used.contains(exempt)).collect::<Vec<_>>();
    assert!(unused.is_empty(), "no capture is {unused:?}");
    assert!(tried > 3000, "only {tried} were tried");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
