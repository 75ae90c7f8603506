//! Which fields a capture has, of those that its parser's schema names.

use crate::Record;
use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::schema::Schema;

/// The shapes of a capture: one per kind, until a new one is given.
pub(crate) struct Shapes {
    fields: Vec<wit::Field>,
    kinds: Vec<Kind>,
    /// The kind of the records that are being made.
    current: u32,
    /// Shapes that the host has not been told of.
    new: Vec<wit::Shape>,
    /// Number of shapes so far.
    given: u32,
    /// A name that the schema does not have.
    unknown: Option<String>,
}

/// What is known of the records of one kind.
struct Kind {
    /// The fields of this kind, top level and below; the others belong to other kinds.
    own: Vec<bool>,
    present: Vec<bool>,
    /// Fields that the schema does not name.
    added: Vec<wit::Field>,
    /// The order of the fields, where it is not the schema's.
    order: Option<Vec<u32>>,
    offset_times: Vec<u32>,
    /// The index of its shape, once that was given.
    shape: Option<u32>,
}

impl Kind {
    /// The times with offsets that the current shape has: another one may have had more.
    fn offset_times_here(&self) -> Vec<u32> {
        let is_here = |index: &u32| self.order.is_some() || self.present.get(*index as usize).is_none_or(|present| *present);
        self.offset_times.iter().copied().filter(is_here).collect()
    }
}

impl Shapes {
    pub(crate) fn of<R: Record>() -> Shapes {
        let mut schema = Schema::default();
        let top = R::describe_fields(&mut schema);
        let kinds = R::describe_kinds(&top);
        let fields = schema.fields;
        let with_children = |top: &[u32]| {
            let mut own = vec![false; fields.len()];
            top.iter().for_each(|&index| mark(&fields, index, &mut own));
            own
        };
        let mut owns: Vec<Vec<bool>> = kinds.iter().map(|kind| with_children(&kind.fields)).collect();
        if owns.is_empty() {
            owns.push(vec![true; fields.len()]);
        }
        let kind = |own: Vec<bool>| Kind {
            present: own.clone(),
            own,
            added: Vec::new(),
            order: None,
            offset_times: Vec::new(),
            shape: None,
        };
        Shapes { kinds: owns.into_iter().map(kind).collect(), fields, current: 0, new: Vec::new(), given: 0, unknown: None }
    }

    #[inline]
    pub(crate) fn kind(&self) -> u32 {
        self.current
    }

    pub(crate) fn set_kind(&mut self, kind: u32) {
        self.current = kind;
    }

    pub(crate) fn present(&self) -> Vec<bool> {
        self.kinds[self.current as usize].present.clone()
    }

    pub(crate) fn choose<N: AsRef<str>>(&mut self, kind: u32, names: impl IntoIterator<Item = N>) {
        let mut present = vec![false; self.fields.len()];
        for name in names {
            if let Some(index) = self.find(kind, name.as_ref()) {
                mark(&self.fields, index, &mut present);
            }
        }
        self.set(kind, present);
    }

    pub(crate) fn leave_out<N: AsRef<str>>(&mut self, kind: u32, names: impl IntoIterator<Item = N>) {
        let mut present = self.kinds[kind as usize].own.clone();
        for name in names {
            if let Some(index) = self.find(kind, name.as_ref()) {
                let mut out = vec![false; self.fields.len()];
                mark(&self.fields, index, &mut out);
                present.iter_mut().zip(out).for_each(|(present, out)| *present &= !out);
            }
        }
        self.set(kind, present);
    }

    /// A shape of these fields of the schema, and of others, in this order. Indices from the length of the schema on are those of
    /// `added`.
    pub(crate) fn arrange(&mut self, order: Vec<u32>, added: Vec<wit::Field>) {
        let kind = &mut self.kinds[0];
        kind.order = Some(order);
        kind.added = added;
        kind.offset_times.clear();
        kind.shape = None;
        self.give(0);
    }

    /// Sets the shape, and gives it at once: a heading is enough.
    fn set(&mut self, kind: u32, present: Vec<bool>) {
        let state = &mut self.kinds[kind as usize];
        if state.present != present || state.shape.is_none() {
            state.present = present;
            state.shape = None;
            self.give(kind);
        }
    }

    fn give(&mut self, kind: u32) -> u32 {
        let state = &mut self.kinds[kind as usize];
        let in_schema_order = || (0..).zip(&state.present).filter(|(_, present)| **present).map(|(index, _)| index).collect();
        self.new.push(wit::Shape {
            kind,
            fields: state.order.clone().unwrap_or_else(in_schema_order),
            added: state.added.clone(),
            offset_times: state.offset_times_here(),
        });
        let index = self.given;
        self.given += 1;
        state.shape = Some(index);
        index
    }

    /// The shape of a batch of the current kind. In it, the times of `offset_times` turned out to have offsets, and those of
    /// `local_times` not.
    pub(crate) fn of_batch(&mut self, offset_times: &[u32], local_times: &[u32]) -> u32 {
        let state = &mut self.kinds[self.current as usize];
        let mut now: Vec<u32> = state.offset_times.iter().copied().filter(|index| !local_times.contains(index)).collect();
        now.extend(offset_times.iter().filter(|&index| !state.offset_times.contains(index)));
        now.sort_unstable();
        if now != state.offset_times {
            state.offset_times = now;
            // A shape that the host does not know of yet is corrected, instead of being followed by another.
            let first_new = self.given - self.new.len() as u32;
            match state.shape.filter(|&shape| shape >= first_new) {
                Some(shape) => self.new[(shape - first_new) as usize].offset_times = state.offset_times_here(),
                None => state.shape = None,
            }
        }
        match state.shape {
            Some(shape) => shape,
            None => self.give(self.current),
        }
    }

    pub(crate) fn take_new(&mut self) -> Vec<wit::Shape> {
        std::mem::take(&mut self.new)
    }

    pub(crate) fn unknown(&mut self) -> Option<String> {
        self.unknown.take()
    }

    pub(crate) fn fields(&self) -> &[wit::Field] {
        &self.fields
    }

    /// The index of a field of this name, `group.field` within a group.
    pub(crate) fn find(&mut self, kind: u32, name: &str) -> Option<u32> {
        let own = &self.kinds[kind as usize].own;
        let mut children = vec![false; self.fields.len()];
        self.fields.iter().flat_map(children_of).for_each(|&child| children[child as usize] = true);
        let mut level: Vec<u32> =
            (0..self.fields.len()).filter(|&index| own[index] && !children[index]).map(|index| index as u32).collect();
        let mut found = None;
        for part in name.split('.') {
            found = level.iter().copied().find(|&index| self.fields[index as usize].name == part);
            let Some(index) = found else { break };
            level = children_of(&self.fields[index as usize]).to_vec();
        }
        if found.is_none() {
            self.unknown = Some(name.to_owned());
        }
        found
    }
}

/// Marks a field, what is below it, and what it is in.
fn mark(fields: &[wit::Field], index: u32, marks: &mut [bool]) {
    mark_below(fields, index, marks);
    let mut within = index;
    while let Some(parent) = fields.iter().position(|field| children_of(field).contains(&within)) {
        marks[parent] = true;
        within = parent as u32;
    }
}

fn mark_below(fields: &[wit::Field], index: u32, marks: &mut [bool]) {
    marks[index as usize] = true;
    children_of(&fields[index as usize]).iter().for_each(|&child| mark_below(fields, child, marks));
}

/// The children that a field names.
pub(crate) fn children_of(field: &wit::Field) -> &[u32] {
    match &field.type_ {
        wit::FieldType::List(child) | wit::FieldType::Map(child) => std::slice::from_ref(child),
        wit::FieldType::Record(children) => children,
        _ => &[],
    }
}
