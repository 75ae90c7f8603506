//! What a machine is asked to do: a script that its `sh` reads from standard input. The user's own shell there, whichever it is, only ever
//! sees the word `sh`, and nothing of the command is on a command line.
//!
//! The script says what the machine is, runs the command, and marks where the output begins and ends. The marks hold a number that was
//! drawn for this one visit, so nothing else that is printed there can be taken for them. The end of the connection is the end of the
//! script's input, and it then ends the command and all that the command has started.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

use anyhow::Context;

use outparse::capture::command::{CATEGORIES, Locale, UNSET};
use outparse::error::Error;

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

/// That the words are a command, and that its name cannot be taken for a variable by `env`, which runs it.
pub(super) fn check(words: &[OsString]) -> Result<(), Error> {
    let program =
        words.first().filter(|program| !program.is_empty()).ok_or_else(|| Error::Usage("no command was given".to_owned()))?;
    if program.as_bytes().contains(&b'=') {
        let message = format!("`{}` has a `=` in it: it would be taken for a variable there", program.to_string_lossy());
        return Err(Error::Usage(message));
    }
    Ok(())
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
    let asking = asking(words, way.sudo, marks, "kill $w 2>/dev/null; exit 0");
    in_braces(&[WATCH, &asking, &running(words, way), NOT_WATCHED_ANY_MORE, &end(marks)])
}

/// The same in two parts: the machine says what it is, and its shell waits for what it is to run.
pub(super) fn question(words: &[OsString], way: Way<'_>, marks: &Marks) -> Vec<u8> {
    [b"{\n", &asking(words, way.sudo, marks, "exit 0")[..], b"} </dev/null\n"].concat()
}

/// The second of them.
pub(super) fn order(words: &[OsString], way: Way<'_>, marks: &Marks) -> Vec<u8> {
    in_braces(&[WATCH, &running(words, way), NOT_WATCHED_ANY_MORE, &end(marks)])
}

/// The script for a connection that carries all of it and then closes its input, as Ansible's do: nothing watches for that end, which says
/// nothing of whoever reads the output.
#[derive(Clone, Copy)]
pub struct Script<'a> {
    /// The command.
    pub words: &'a [OsString],
    /// Which locale it speaks.
    pub locale: &'a Locale,
    /// The folder that it runs in, where that is not the user's own.
    pub folder: Option<&'a OsStr>,
    /// Variables that are set for it.
    pub variables: &'a [(OsString, OsString)],
    /// What the marks hold. A number that is drawn for this one run, where none is given.
    pub number: Option<u128>,
}

impl Script<'_> {
    /// Its text. It prints `outparse NUMBER begin`, with the number in 32 hexadecimal digits; what the machine is, a line each; the same
    /// with `output`; the output; and at its end, which need not be that of a line, the same with `end` and the exit status.
    ///
    /// # Errors
    /// The command is none, or there is no random number.
    pub fn text(&self) -> Result<Vec<u8>, Error> {
        check(self.words)?;
        let marks = self.number.map_or_else(Marks::drawn, |number| Ok(Marks::new(number)))?;
        let way = Way { locale: self.locale, sudo: false, input: b"" };
        let mut before = Vec::new();
        for (name, value) in self.variables {
            before.extend([b"export ", name.as_bytes(), b"=", &quoted(value.as_bytes())[..], b"\n"].concat());
        }
        if let Some(folder) = self.folder {
            before.extend([b"cd -- ", &quoted(folder.as_bytes())[..], b" || exit 1\n"].concat());
        }
        let leave = format!("printf '%s 127\\n' '{}'; exit 0", Marks::printed(&marks.end));
        let facts = facts(self.words, false, &marks, &leave);
        Ok(in_braces(&[b"exec </dev/null\n", &begin(&marks), &before, &facts, &running(self.words, way), &end(&marks)]))
    }
}

/// The braces: nothing runs before all of it has come.
fn in_braces(parts: &[&[u8]]) -> Vec<u8> {
    [b"{\n", &parts.concat()[..], b"}\n"].concat()
}

/// Says what the machine is, up to the mark behind which the output comes. Where there is no such command, `leave` ends the script.
fn asking(words: &[OsString], sudo: bool, marks: &Marks, leave: &str) -> Vec<u8> {
    [begin(marks), facts(words, sudo, marks, leave)].concat()
}

fn begin(marks: &Marks) -> Vec<u8> {
    format!("printf '%s\\n' '{}'\n", Marks::printed(&marks.begin)).into_bytes()
}

/// All that the machine says of itself is printed at once, with the mark: each piece would be a packet, and work for both ends.
fn facts(words: &[OsString], sudo: bool, marks: &Marks, leave: &str) -> Vec<u8> {
    let program = if sudo { b"sudo".to_vec() } else { words.first().map(|word| word.as_bytes().to_vec()).unwrap_or_default() };
    let mut script = b"p=$(command -v ".to_vec();
    script.extend(quoted(&program));
    script.extend_from_slice(FACTS.as_bytes());
    script.extend_from_slice(format!(" '{}'\n[ -n \"$p\" ] || {{ {leave}; }}\n", Marks::printed(&marks.output)).as_bytes());
    script
}

/// Runs the command, in a shell of its own.
fn running(words: &[OsString], Way { locale, sudo, input }: Way<'_>) -> Vec<u8> {
    let mut script = fed(input);
    let mut add = |text: &str| script.extend_from_slice(text.as_bytes());
    match locale {
        Locale::C => add(&format!("( unset {}; exec ", UNSET.join(" "))),
        Locale::Inherit | Locale::Named(_) => add("( exec "),
    }
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
    script.extend_from_slice(b" ) &\nwait $!\ns=$?\n");
    script
}

/// Marks the end of the output.
fn end(marks: &Marks) -> Vec<u8> {
    format!("printf '%s %s\\n' '{}' \"$s\"\nexit 0\n", Marks::printed(&marks.end)).into_bytes()
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

/// What the machine is, a line each. Where a program is missing or knows less than these, its value stays empty or is not what we read,
/// and then it is not known.
const FACTS: &str = r#" 2>/dev/null)
u=$(uname -s 2>/dev/null)
i= b=
[ -r /etc/machine-id ] && read -r i </etc/machine-id
case $u in
Darwin) b=$(sysctl -n kern.bootsessionuuid 2>/dev/null) ;;
FreeBSD) b=$(sysctl -n kern.hostuuid 2>/dev/null) ;;
OpenBSD) b=$(sysctl -n hw.uuid 2>/dev/null) ;;
AIX) b=$(uname -m 2>/dev/null) ;;
*) [ -r /proc/sys/kernel/random/boot_id ] && read -r b </proc/sys/kernel/random/boot_id ;;
esac
c=C.UTF-8
[ -e /usr/lib/locale/C.utf8 ] || [ -e /usr/lib/locale/C.UTF-8 ] || { [ -e /usr/lib/locale/en_US.utf8 ] && c=en_US.UTF-8; }
[ -d /System/Library ] && c=en_US.UTF-8
n=$(uname -n 2>/dev/null)
t=$(date '+%s %z' 2>/dev/null)
case $p in /*) f=$(readlink -f "$p" 2>/dev/null) ;; *) f=$(readlink /proc/$$/exe 2>/dev/null) ;; esac
printf 'system %s\nmachine %s\ntime %s\nlocale %s\nprogram %s\nfile %s\n%s\n' "$u" "$i $b $n" "$t" "$c" "$p" "$f""#;

/// Waits for the end of the connection beside everything else, from the start: the programs that say what the machine is may hang, too,
/// where a folder of a file server that is gone is in `PATH`. What belongs to this visit is one process group. The shell itself reads: a
/// program that is not there would end as if the connection had.
const WATCH: &[u8] = b"exec 3<&0 </dev/null
( while read -r x; do :; done <&3; trap '' TERM; kill -TERM 0; sleep 2; kill -KILL 0 ) >/dev/null 2>&1 &
w=$!
exec 3<&-
";

/// The shell would say on standard error that the watch was ended.
const NOT_WATCHED_ANY_MORE: &[u8] = b"exec 2>/dev/null
kill $w
";

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
            assert!(begun.elapsed().as_secs() < 30, "{shell:?}");
            assert!(memchr::memmem::find(&printed, &Marks::new(7).end).is_none(), "{shell:?}");
        }
    }

    #[test]
    fn a_machine_without_any_program_says_that_there_is_none() {
        let shell = std::fs::canonicalize("/bin/sh").unwrap();
        let printed = run(&["env", "PATH=/nowhere", shell.to_str().unwrap()], &[b"df"], false);
        let marks = Marks::new(7);
        assert!(printed.ends_with(&marks.output), "{}", String::from_utf8_lossy(&printed));
    }

    /// A folder with these programs in it, and what puts it before the others.
    fn with_programs(programs: &[(&str, &str)]) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        for (name, script) in programs {
            let program = folder.path().join(name);
            std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        let path = format!("PATH={}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        (folder, path)
    }

    #[test]
    fn each_system_says_in_its_own_way_which_machine_it_is() {
        for (system, name) in
            [("Darwin", "kern.bootsessionuuid"), ("FreeBSD", "kern.hostuuid"), ("OpenBSD", "hw.uuid"), ("AIX", "-m")]
        {
            let uname = format!("case $1 in -s) echo {system} ;; -n) echo it ;; *) echo \"<$1>\" ;; esac");
            let (_folder, path) = with_programs(&[("uname", &uname), ("sysctl", "echo \"<$2>\"")]);
            let printed = String::from_utf8(run(&["env", &path, "sh"], &[b"true"], false)).unwrap();
            let machine = printed.lines().find(|line| line.starts_with("machine ")).unwrap();
            assert!(machine.ends_with(&format!(" <{name}> it")), "{machine}");
        }
    }

    #[test]
    fn what_asks_the_machine_ends_with_the_connection_too() {
        let (_folder, path) = with_programs(&[("uname", "exec sleep 60")]);
        let begun = std::time::Instant::now();
        let printed = run(&["env", &path, "sh"], &[b"true"], true);
        assert!(begun.elapsed().as_secs() < 30);
        assert!(memchr::memmem::find(&printed, &Marks::new(7).begin).is_some());
        assert!(memchr::memmem::find(&printed, &Marks::new(7).output).is_none());
    }

    #[test]
    fn what_carries_all_of_it_at_once_ends_nothing_with_its_input() {
        let words = ["sh".into(), "-c".into(), "sleep 1; pwd; echo \"$IT\"; exit 3".into()];
        let variables = [("IT".into(), "is 'it'".into())];
        let one = Script {
            words: &words,
            locale: &Locale::C,
            folder: Some(OsStr::new("/tmp")),
            variables: &variables,
            number: Some(7),
        };
        let ran = |one: &Script<'_>| {
            let mut child =
                Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(&one.text().unwrap()).unwrap();
            child.wait_with_output().unwrap().stdout
        };
        assert_eq!(output(&ran(&one)), (b"/tmp\nis 'it'\n".to_vec(), "3".to_owned()));
        let words = ["no-such-command".into()];
        assert_eq!(output(&ran(&Script { words: &words, ..one })), (Vec::new(), "127".to_owned()));
        let nowhere = ran(&Script { words: &words, folder: Some(OsStr::new("/nowhere")), ..one });
        assert!(memchr::memmem::find(&nowhere, b" output").is_none());
        assert!(Script { words: &["a=b".into()], ..one }.text().is_err() && Script { words: &[], ..one }.text().is_err());
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
