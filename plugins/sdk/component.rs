//! The component that [`export!`](crate::export) makes of one parser or several.

use std::cell::RefCell;
use std::marker::PhantomData;

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::session::Driver;
use crate::{Ending, Parser, Record, Schema, Source};

/// What a component is, and its parsers.
#[doc(hidden)]
pub trait Plugin: 'static {
    /// Name, version and a line for people.
    const ABOUT: [&'static str; 3];
    /// The parsers, in the order in which the host counts them.
    const PARSERS: &'static [Entry];
}

/// One parser, as the component calls it.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Entry {
    about: fn() -> wit::DescriptionOfParser,
    schema: fn() -> wit::Schema,
    exact: fn(&[String]) -> Option<Vec<String>>,
    open: fn(&Source) -> Box<dyn Work>,
}

impl Entry {
    /// The entry of a parser.
    pub const fn of<P: Parser>() -> Entry {
        Entry {
            about: || P::ABOUT.describe(),
            schema: schema::<P>,
            exact: P::exact,
            open: |source| Box::new(Driver::<P>::new(source)),
        }
    }
}

/// The records that a parser makes.
pub(crate) fn schema<P: Parser>() -> wit::Schema {
    let mut schema = Schema::default();
    let fields = P::Record::describe_fields(&mut schema);
    let kinds = P::Record::describe_kinds(&fields);
    wit::Schema { fields: schema.fields, kinds, open: P::Record::OPEN }
}

/// A parser at work, whichever it is.
pub(crate) trait Work {
    fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<wit::Answer, wit::Failure>;
    fn finish(&mut self, ending: &Ending) -> Result<wit::Answer, wit::Failure>;
}

impl<P: Parser> Work for Driver<P> {
    fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<wit::Answer, wit::Failure> {
        Driver::feed(self, lines, first_line)
    }

    fn finish(&mut self, ending: &Ending) -> Result<wit::Answer, wit::Failure> {
        Driver::finish(self, ending)
    }
}

/// A plugin as the bindings want it.
#[doc(hidden)]
pub struct Component<T>(PhantomData<T>);

/// A session as the host holds it: never called from two places at once.
#[doc(hidden)]
pub struct Session<T> {
    work: Result<RefCell<Box<dyn Work>>, u32>,
    plugin: PhantomData<T>,
}

impl<T: Plugin> wit::Guest for Component<T> {
    type Session = Session<T>;

    fn about() -> wit::Description {
        let [name, version, summary] = T::ABOUT.map(str::to_owned);
        wit::Description {
            name,
            version,
            summary,
            catalogue: None,
            parsers: T::PARSERS.iter().map(|entry| (entry.about)()).collect(),
        }
    }

    fn schema_of(parser: u32) -> wit::Schema {
        let none = wit::Schema { fields: Vec::new(), kinds: Vec::new(), open: false };
        T::PARSERS.get(parser as usize).map_or(none, |entry| (entry.schema)())
    }

    fn exact(parser: u32, words: Vec<String>) -> Option<Vec<String>> {
        T::PARSERS.get(parser as usize).and_then(|entry| (entry.exact)(&words))
    }
}

impl<T: Plugin> wit::GuestSession for Session<T> {
    fn new(parser: u32, source: wit::Source) -> Self {
        let entry = T::PARSERS.get(parser as usize).ok_or(parser);
        let work = entry.map(|entry| RefCell::new((entry.open)(&Source::from_wit(source))));
        Session { work, plugin: PhantomData }
    }

    fn feed(&self, lines: Vec<u8>, first_line: u64) -> Result<wit::Answer, wit::Failure> {
        self.work()?.borrow_mut().feed(&lines, first_line)
    }

    fn finish(&self, ending: wit::Ending) -> Result<wit::Answer, wit::Failure> {
        self.work()?.borrow_mut().finish(&Ending::from_wit(ending))
    }
}

impl<T> Session<T> {
    fn work(&self) -> Result<&RefCell<Box<dyn Work>>, wit::Failure> {
        self.work.as_ref().map_err(|parser| {
            wit::Failure::Malformed(wit::Problem {
                severity: wit::Severity::Error,
                line: 0,
                column: 0,
                message: format!("this plugin has no parser number {parser}"),
            })
        })
    }
}
