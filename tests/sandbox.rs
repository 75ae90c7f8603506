//! Hostile plugins: each attacks the host through the program itself, and what the user then sees is golden.
//!
//! A case is `sandbox/<name>.wat` with `sandbox/<name>.txt` beside it (exit status, output, errors; `BLESS=1` writes it anew). The
//! `.wat` holds only what differs from the plugin in `sandbox/guest.wat`. Lines that begin with `;;;` say how it is run:
//!
//! ```text
//! ;;; make: component     the text is a whole component; see `Make` for the others
//! ;;; limits: memory = 1  instead of the entry in `LIMITS`; more than one are separated by commas
//! ;;; lines: 20000        lines of input instead of 3
//! ;;; arguments: schema   of the program, instead of `--format jsonl parse`
//! ;;; host-memory: 9000000 bytes that the host may take because of it, instead of 64 MiB
//! ;;; version: 0.2.0      the version of our package that it is built for
//! ;;; repeat 3: (x {i})   stands for `(x 0)(x 1)(x 2)`
//! ```

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "sandbox/guest.rs"]
mod guest;
#[allow(unreachable_pub, reason = "other tests share it")]
#[path = "common/program.rs"]
mod program;
#[path = "sandbox/run.rs"]
mod run;
#[path = "sandbox/summary.rs"]
mod summary;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use guest::Guest;
use run::Outcome;
use summary::Summary;

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox");
    if let Some(case) = std::env::var_os(run::MAKE) {
        let bytes = Guest::read(Path::new(&case)).and_then(|guest| guest.bytes(&folder)).unwrap();
        return std::io::stdout().write_all(&bytes).unwrap();
    }
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "wat") && path.file_stem().unwrap() != "guest");
    cases.sort();

    // What is laid upon itself stays as it is.
    let honest = folder.join("guest.wat");
    let honest = run::run(&honest, &Guest::read(&honest).unwrap()).peak_memory;
    let summary = Arc::new(Summary::new(cases.len(), honest));
    let trials = cases.into_iter().map(|case| {
        let name = case.file_stem().unwrap().to_string_lossy().into_owned();
        let summary = Arc::clone(&summary);
        Trial::test(name.clone(), move || {
            let guest = Guest::read(&case)?;
            let outcome = run::run(&case, &guest);
            is_harmless(&name, &guest, &outcome, honest)?;
            is_as_expected(&case.with_extension("txt"), &outcome.to_string())?;
            summary.survived(&outcome);
            Ok(())
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if !conclusion.has_failed() && conclusion.num_filtered_out == 0 {
        summary.write();
    }
    conclusion.exit();
}

/// What is true of every attack, whatever it is.
fn is_harmless(name: &str, guest: &Guest, outcome: &Outcome, honest: usize) -> Result<(), Failed> {
    let fail = |why: String| Err(Failed::from(format!("{why}\n{outcome}")));
    if let Some(why) = &outcome.crash {
        return fail(format!("the host {why}"));
    }
    if outcome.errors.contains("panicked at") || outcome.errors.contains("thread panicked") {
        return fail("the host panicked".to_owned());
    }
    if outcome.errors.chars().any(|c| c.is_control() && c != '\n') {
        return fail("the errors can steer a terminal".to_owned());
    }
    let names = ["plugin `hostile`".to_owned(), "  hostile: ".to_owned(), format!("`./{name}.wasm`"), "hostile 1.0.0".to_owned()];
    if outcome.status != 0 && !names.iter().any(|name| outcome.errors.contains(name)) {
        return fail("the error does not name the plugin".to_owned());
    }
    // What the host takes for itself: the records on their way out, and the compiler.
    let host = guest.host_memory();
    let most = honest + guest.memory_limit() + host;
    if outcome.peak_memory > most {
        return fail(format!("it took {} MiB, and an honest plugin takes {} MiB", outcome.peak_memory >> 20, honest >> 20));
    }
    Ok(())
}

fn is_as_expected(file: &Path, found: &str) -> Result<(), Failed> {
    if std::env::var_os("BLESS").is_some() {
        return Ok(fs::write(file, found)?);
    }
    let expected = fs::read_to_string(file).map_err(|error| format!("{}: {error}; BLESS=1 writes it", file.display()))?;
    if expected != found {
        return Err(format!("expected:\n{expected}\nfound:\n{found}").into());
    }
    Ok(())
}
