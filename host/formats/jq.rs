//! jq expressions, compiled and run by jaq: for `--jq`, and for the patterns of `--where`.
//!
//! jaq recurses into nested expressions, so both happen on a stack that is large enough for every expression of the allowed
//! length. An expression that recurses without end still overflows it.

use std::thread;

use anyhow::{Context, anyhow};
use jaq_core::data::JustLut;
use jaq_core::load::{Arena, Error as LoadError, File, Loader, span};
use jaq_core::{Compiler, Ctx, Filter, Vars};
use jaq_json::Val;

use crate::misuse::Misuse;
use outparse::words::plain;

/// Bytes an expression may have.
const LONGEST: usize = 16 << 10;

/// Bytes of stack. Only what is used of it takes memory.
const STACK: usize = 512 << 20;

/// Characters of an error that are shown: it may hold a whole document.
const SHOWN: usize = 300;

/// A compiled expression.
pub(crate) struct Program(Filter<JustLut<Val>>);

impl Program {
    /// Compiles an expression given with `option`. It may not read any file.
    pub(crate) fn new(option: &'static str, code: &str) -> Result<Program, Misuse> {
        if code.len() > LONGEST {
            return Err(Misuse::new(option, format!("an expression may have {LONGEST} bytes, and this one has {}", code.len())));
        }
        on_large_stack(|| Program::compile(option, code))
            .unwrap_or_else(|error| Err(Misuse::new(option, format!("the expression cannot be compiled: {error}"))))
    }

    fn compile(option: &'static str, code: &str) -> Result<Program, Misuse> {
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions).load(&arena, File { code, path: () });
        let modules = modules.map_err(|errors| {
            let first = errors.into_iter().next().map(|(_, error)| error);
            not_read(option, code, first)
        })?;
        let filter = Compiler::default().with_funs(functions).compile(modules);
        let filter = filter.map_err(|errors| {
            let first = errors.into_iter().flat_map(|(_, errors)| errors).next();
            let misuse = |message| Misuse::new(option, message);
            match first {
                Some((name, what)) => misuse(format!("there is no {} `{name}`", what.as_str())).at(code, span(code, name)),
                None => misuse("the expression cannot be compiled".to_owned()),
            }
        })?;
        Ok(Program(filter))
    }

    /// Runs it on a value: this gives any number of values, and perhaps an error at the end. `halt` ends them.
    pub(crate) fn run(&self, input: Val) -> impl Iterator<Item = Result<Val, String>> + '_ {
        let context = Ctx::<JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        self.0.id.run((context, input)).map_while(|result| match result {
            Ok(value) => Some(Ok(value)),
            // An exception that is no error is `halt`.
            Err(exception) => exception.get_err().ok().map(|error| Err(plain(&error.to_string(), SHOWN))),
        })
    }
}

/// Does something that may recurse deeply.
pub(crate) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().name("jq".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        worker.context("starting the thread for jq")?.join().map_err(|_| anyhow!("the thread for jq panicked"))
    })
}

fn not_read(option: &'static str, code: &str, error: Option<LoadError<&str>>) -> Misuse {
    let found = match error {
        Some(LoadError::Lex(errors)) => {
            errors.into_iter().next().map(|(expected, at)| (format!("{} is expected", expected.as_str()), start_of(at)))
        }
        Some(LoadError::Parse(errors)) => {
            errors.into_iter().next().map(|(expected, at)| (format!("{} is expected", expected.as_str()), at))
        }
        Some(LoadError::Io(errors)) => errors.into_iter().next().map(|(at, _)| ("no other file can be read".to_owned(), at)),
        None => None,
    };
    match found {
        Some((message, at)) => Misuse::new(option, message).at(code, span(code, at)),
        None => Misuse::new(option, "the expression cannot be read"),
    }
}

/// Only the first character of what was found, which goes on to the end of the code.
fn start_of(found: &str) -> &str {
    &found[..found.chars().next().map_or(0, char::len_utf8)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(code: &str) -> String {
        Program::new("--jq", code).err().unwrap().to_string()
    }

    #[test]
    fn mistakes_are_marked() {
        assert_eq!(wrong(".[] | foo(1)"), "`--jq`: there is no filter `foo`\n  .[] | foo(1)\n        ^^^");
        assert_eq!(wrong("(.a"), "`--jq`: closing parenthesis is expected\n  (.a\n     ^");
        assert_eq!(wrong(".a |"), "`--jq`: term is expected\n  .a |\n      ^");
        assert_eq!(wrong("\"a"), "`--jq`: closing quote is expected\n  \"a\n    ^");
        assert_eq!(wrong("$x"), "`--jq`: there is no variable `$x`\n  $x\n  ^^");
    }

    #[test]
    fn no_file_is_read() {
        assert!(wrong("import \"/etc/x\" as x; .").contains("no other file can be read"));
    }

    #[test]
    fn halt_ends_the_results() {
        let program = Program::new("--jq", "1, halt, 2").unwrap();
        assert_eq!(program.run(Val::Null).collect::<Vec<_>>(), [Ok(Val::from(1_isize))]);
    }

    #[test]
    fn an_expression_of_the_longest_length_fills_no_stack() {
        for (start, repeated, end) in [
            ("", "(", ""),
            ("", "-", "1"),
            ("1", "+1", ""),
            ("1", ",1", ""),
            ("", "try ", "1"),
            (".", "[0]", ""),
            ("", "[", ""),
            ("1", "|1", ""),
        ] {
            let repeats = (LONGEST - start.len() - end.len()) / repeated.len();
            let _ = Program::new("--jq", &format!("{start}{}{end}", repeated.repeat(repeats)));
        }
        let nested = Program::new("--jq", &format!("{}1{}", "(".repeat(8000), ")".repeat(8000))).unwrap();
        assert_eq!(on_large_stack(|| nested.run(Val::Null).count()).unwrap(), 1);
        assert!(wrong(&" ".repeat(LONGEST + 1)).contains("an expression may have 16384 bytes, and this one has 16385"));
    }

    #[test]
    fn deep_recursion_has_the_stack_it_needs() {
        let deep = "def f: if . == 0 then 0 else 1 + (. - 1 | f) end; 20000 | f";
        let program = Program::new("--jq", deep).unwrap();
        assert_eq!(on_large_stack(|| program.run(Val::Null).collect::<Vec<_>>()).unwrap(), [Ok(Val::from(20_000_isize))]);
    }
}
