//! What a plugin has said about one of its parsers, and the host's reading of it.

use std::sync::{Arc, Mutex, PoisonError};

use super::bindings::exports::outparse::plugin::parser as wit;
use super::describe;
use super::limits::Limits;
use crate::schema::{About, Shape};

/// Shapes of earlier captures that are remembered.
const MOST_KNOWN_SHAPES: usize = 64;

/// What is known about one parser: what it said, and what the host made of it.
pub(super) struct Known {
    said: Arc<wit::Schema>,
    pub(super) about: Arc<About>,
    /// Shapes of earlier captures: most captures of a command have the same one.
    shapes: Mutex<Vec<KnownShape>>,
}

/// A shape without fields of its own: as the parser gave it, and what the host made of it.
struct KnownShape {
    kind: u32,
    fields: Vec<u32>,
    offset_times: Vec<u32>,
    shape: Arc<Shape>,
}

impl Known {
    pub(super) fn new(said: Arc<wit::Schema>, about: Arc<About>) -> Arc<Known> {
        Arc::new(Known { said, about, shapes: Mutex::default() })
    }

    pub(super) fn another(&self) -> Arc<Known> {
        Known::new(Arc::clone(&self.said), Arc::clone(&self.about))
    }

    /// The shape that a session gives, checked. The error is a clause about the plugin's fault.
    pub(super) fn shape(&self, said: &wit::Shape, limits: &Limits) -> Result<Arc<Shape>, String> {
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &KnownShape| {
            said.kind == known.kind && said.fields == known.fields && said.offset_times == known.offset_times
        };
        if let Some(known) = shapes.iter().find(|known| said.added.is_empty() && is_same(known)) {
            return Ok(Arc::clone(&known.shape));
        }
        let shape = Arc::new(describe::shape(said, &self.said, &self.about.schema, limits)?);
        if said.added.is_empty() && shapes.len() < MOST_KNOWN_SHAPES {
            let wit::Shape { kind, fields, offset_times, .. } = said.clone();
            shapes.push(KnownShape { kind, fields, offset_times, shape: Arc::clone(&shape) });
        }
        Ok(shape)
    }
}
