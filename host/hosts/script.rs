//! What a machine is asked to do: a script for its `sh`, which reads it from its input. So the shell that the user has there, whichever
//! it is, sees one plain word, and nothing of the command is on any command line.
//!
//! It says what the machine is, runs the command, and marks where the output begins and ends. The marks hold a number that was drawn
//! for this one visit: nothing else that is printed there can be taken for them. When the connection goes, its input ends, and it ends
//! the command and all that this has started.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

use anyhow::Context;

use outparse::capture::command::{CATEGORIES, Locale};

/// What the client is told to run.
pub(super) const SHELL: &str = "sh";

/// The marks of one visit. They begin anywhere in a line: output need not end with one, and none of it waits for a line end that might be
/// theirs.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    /// The script runs.
    pub(super) begin: Vec<u8>,
    /// The output begins.
    pub(super) output: Vec<u8>,
    /// The output has ended; the exit status follows.
    pub(super) end: Vec<u8>,
}

impl Marks {
    pub(crate) fn new(number: u128) -> Marks {
        let mark = |what: &str| format!("outparse {number:032x} {what}").into_bytes();
        Marks { begin: mark("begin\n"), output: mark("output\n"), end: mark("end ") }
    }

    /// Marks that nothing has ever held.
    pub(super) fn drawn() -> anyhow::Result<Marks> {
        let mut number = [0; 16];
        File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut number)).context("drawing a random number")?;
        Ok(Marks::new(u128::from_ne_bytes(number)))
    }

    fn printed(mark: &[u8]) -> String {
        String::from_utf8_lossy(mark).trim().to_owned()
    }
}

/// How a command is run there.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) locale: &'a Locale,
    pub(super) sudo: bool,
    /// What it reads.
    pub(super) input: &'a [u8],
}

/// The script that runs a command.
pub(super) fn script(words: &[OsString], way: Way<'_>, marks: &Marks) -> Vec<u8> {
    // The braces: nothing runs before all of it has come.
    [b"{\nexec 3<&0 </dev/null\n", &asking(words, way.sudo, marks)[..], &running(words, way, marks), b"}\n"].concat()
}

/// The same in two parts: the machine says what it is, and its shell waits for what it is to run.
pub(super) fn question(words: &[OsString], way: Way<'_>, marks: &Marks) -> Vec<u8> {
    [b"{\n", &asking(words, way.sudo, marks)[..], b"} </dev/null\n"].concat()
}

/// The second of them.
pub(super) fn order(words: &[OsString], way: Way<'_>, marks: &Marks) -> Vec<u8> {
    [b"{\nexec 3<&0 </dev/null\n", &running(words, way, marks)[..], b"}\n"].concat()
}

/// Says what the machine is, up to the mark behind which the output comes.
fn asking(words: &[OsString], sudo: bool, marks: &Marks) -> Vec<u8> {
    let (begin, output) = (Marks::printed(&marks.begin), Marks::printed(&marks.output));
    let program = if sudo { b"sudo".to_vec() } else { words.first().map(|word| word.as_bytes().to_vec()).unwrap_or_default() };
    let mut script = format!("printf '%s\\n' '{begin}'\np=$(command -v ").into_bytes();
    script.extend(quoted(&program));
    script.extend_from_slice(HEADER.as_bytes());
    script.extend_from_slice(format!("printf '%s\\n' '{output}'\n[ -n \"$p\" ] || exit 0\n").as_bytes());
    script
}

/// Runs the command, and marks its end.
fn running(words: &[OsString], way: Way<'_>, marks: &Marks) -> Vec<u8> {
    let Way { locale, sudo, input } = way;
    let mut script = fed(input);
    let mut add = |text: &str| script.extend_from_slice(text.as_bytes());
    let end = Marks::printed(&marks.end);
    add(match locale {
        Locale::C => "( unset LC_ALL LANGUAGE; exec ",
        Locale::Inherit | Locale::Named(_) => "( exec ",
    });
    if sudo {
        // It may clear the environment, so that comes behind it.
        add("sudo -n -- ");
    }
    match locale {
        Locale::C => add(&format!("env {}=C LC_CTYPE=$c", CATEGORIES.join("=C "))),
        Locale::Inherit => add("env"),
        Locale::Named(name) => {
            add("env LC_ALL=");
            script.extend(quoted(name.as_bytes()));
        }
    }
    for word in words {
        script.push(b' ');
        script.extend(quoted(word.as_bytes()));
    }
    script.extend_from_slice(WAIT.as_bytes());
    script.extend_from_slice(format!("printf '%s %s\\n' '{end}' \"$s\"\nexit 0\n").as_bytes());
    script
}

/// The beginning of a pipe with these bytes in it; nothing, where there are none. A shell's words hold no NUL, so they are written as
/// `printf` reads them, some at a time: no line is longer than a shell may have them.
fn fed(input: &[u8]) -> Vec<u8> {
    let mut script = Vec::new();
    for piece in input.chunks(512) {
        script.extend_from_slice(b"printf '");
        for &byte in piece {
            match byte {
                b'\n' => script.extend_from_slice(b"\\n"),
                b' ' | b'.' | b',' | b':' | b'/' | b'_' | b'=' => script.push(byte),
                byte if byte.is_ascii_alphanumeric() => script.push(byte),
                byte => script.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            }
        }
        script.extend_from_slice(b"'\n");
    }
    if script.is_empty() { script } else { [b"{\n", &script[..], b"} 2>/dev/null 3<&- | "].concat() }
}

/// What the machine is: a line each. Where a program is missing or knows less, the value is empty or not what we read, and then it is
/// not known.
const HEADER: &str = r#" 2>/dev/null)
i= b=
[ -r /etc/machine-id ] && read -r i </etc/machine-id
[ -r /proc/sys/kernel/random/boot_id ] && read -r b </proc/sys/kernel/random/boot_id
c=C.UTF-8
[ -e /usr/lib/locale/C.utf8 ] || [ -e /usr/lib/locale/C.UTF-8 ] || { [ -e /usr/lib/locale/en_US.utf8 ] && c=en_US.UTF-8; }
[ -d /System/Library ] && c=en_US.UTF-8
printf 'system %s\n' "$(uname -s 2>/dev/null)"
printf 'machine %s\n' "$i $b $(uname -n 2>/dev/null)"
printf 'time %s\n' "$(date '+%s %z' 2>/dev/null)"
printf 'locale %s\n' "$c"
printf 'program %s\n' "$p"
case $p in /*) printf 'file %s\n' "$(readlink -f "$p" 2>/dev/null)" ;; *) printf 'file %s\n' "$(readlink /proc/$$/exe 2>/dev/null)" ;; esac
"#;

/// Waits for the command, and for the end of the connection beside it. What belongs to this visit is one process group.
const WAIT: &str = r#" 3<&- ) &
k=$!
( cat <&3; trap '' TERM; kill -TERM 0; sleep 2; kill -KILL 0 ) >/dev/null 2>&1 &
w=$!
exec 3<&-
wait $k
s=$?
exec 2>/dev/null
kill $w
"#;

/// A word as a shell has to see it to read just that.
fn quoted(word: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in word {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            byte => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    const WAY: Way<'static> = Way { locale: &Locale::C, sudo: false, input: b"" };

    /// What a shell prints for a command, and how long it took to end once its input was closed or it had ended by itself.
    fn run(shell: &[&str], words: &[&[u8]], close: bool) -> Vec<u8> {
        let words: Vec<OsString> = words.iter().map(|word| OsStr::from_bytes(word).to_owned()).collect();
        let mut child = Command::new("setsid").args(shell).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take();
        input.as_mut().unwrap().write_all(&script(&words, WAY, &Marks::new(7))).unwrap();
        if close {
            std::thread::sleep(std::time::Duration::from_millis(300));
            input = None;
        }
        let mut printed = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut printed).unwrap();
        drop(input);
        child.wait().unwrap();
        printed
    }

    fn output(printed: &[u8]) -> (Vec<u8>, String) {
        let marks = Marks::new(7);
        let at = |mark: &[u8]| memchr::memmem::find(printed, mark).unwrap();
        let begin = at(&marks.output) + marks.output.len();
        let end = at(&marks.end);
        (printed[begin..end].to_vec(), String::from_utf8_lossy(&printed[end + marks.end.len()..]).trim().to_owned())
    }

    const SHELLS: [&[&str]; 3] = [&["sh"], &["bash", "--posix"], &["bash", "-c", "sh"]];

    #[test]
    fn words_and_status_arrive_as_they_are() {
        let words: [&[u8]; 7] = [b"printf", b"%s|", b"it's", b"a b\n$HOME `id` \\", b"", b"\xff!*", b"-n"];
        for shell in SHELLS {
            let (printed, status) = output(&run(shell, &words, false));
            assert_eq!(printed, b"it's|a b\n$HOME `id` \\||\xff!*|-n|", "{shell:?}");
            assert_eq!(status, "0");
            assert_eq!(output(&run(shell, &[b"sh", b"-c", b"echo x; exit 7"], false)), (b"x\n".to_vec(), "7".to_owned()));
            assert_eq!(output(&run(shell, &[b"sh", b"-c", b"kill -9 $$"], false)).1, "137");
        }
    }

    #[test]
    fn what_it_is_to_run_may_come_once_it_has_said_what_it_is() {
        let words = |word: &str| ["cat".into(), word.into()];
        for shell in SHELLS.iter().chain(&[&["busybox", "sh"][..]]) {
            // `setsid` is there where the shell is not.
            if Command::new(shell[0]).args(&shell[1..]).args(["-c", ":"]).status().is_err() {
                continue;
            }
            let mut command = Command::new("setsid");
            let Ok(mut child) = command.args(*shell).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else { continue };
            let (mut input, mut printed) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            let marks = Marks::new(7);
            input.write_all(&question(&words("/nowhere"), WAY, &marks)).unwrap();
            let mut said = Vec::new();
            while memchr::memmem::find(&said, &marks.output).is_none() {
                let mut byte = [0];
                if printed.read(&mut byte).unwrap() == 0 {
                    break;
                }
                said.push(byte[0]);
            }
            // Bytes of all kinds, more than a pipe holds.
            let all: Vec<u8> = (0..1000).flat_map(|_| 0..=255).collect();
            input.write_all(&order(&words("-"), Way { input: &all, ..WAY }, &marks)).unwrap();
            printed.read_to_end(&mut said).unwrap();
            let (output, status) = output(&said);
            assert!(output == all && status == "0", "{shell:?}: {} bytes, {status}", output.len());
            child.wait().unwrap();
        }
    }

    #[test]
    fn what_runs_there_ends_with_the_connection() {
        for shell in SHELLS {
            let begun = std::time::Instant::now();
            // The inner one is not waited for by anybody, and holds the output open until it ends.
            let printed = run(shell, &[b"sh", b"-c", b"sleep 60 & sleep 60"], true);
            assert!(begun.elapsed().as_secs() < 5, "{shell:?}");
            assert!(memchr::memmem::find(&printed, &Marks::new(7).end).is_none(), "{shell:?}");
        }
    }

    #[test]
    fn nothing_runs_before_all_of_it_has_come() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let words = ["touch".into(), file.path().with_extension("x").into_os_string()];
        let whole = script(&words, WAY, &Marks::new(7));
        for cut in [1, whole.len() / 2, whole.len() - 3] {
            let mut child = Command::new("sh").stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(&whole[..cut]).unwrap();
            child.wait().unwrap();
            assert!(!file.path().with_extension("x").exists());
        }
    }
}
