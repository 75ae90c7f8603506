//! Which records and fields are printed, and how they are transformed.

use clap::Args;

use outparse::error::Error;
use outparse_formats::select::Plan;

#[derive(Args, Debug)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selecting {
    /// Print only records that meet a condition: 'use_percent > 80 and not filesystem = tmpfs'
    ///
    /// Fields are compared with `= != < <= > >=`, and texts with `=~` and `!~` (regular expressions), `contains`, `starts with` and
    /// `ends with`. `FIELD has VALUE` asks whether a list holds a value, `FIELD is null` and `FIELD is not null` whether there is
    /// one; a boolean field stands alone. `and`, `or`, `not` and brackets join them; `a.b` is a field within a record, or within the
    /// records of a list. Numbers may have units, which are made the field's own: 10GiB, 5MB, 80%, 2h. Nothing is equal to null,
    /// nor unequal.
    #[arg(long = "where", global = true, value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) condition: Option<String>,
    /// Sort by these fields; with `-` before it, highest first. Nulls are last. All records are kept in memory for it
    #[arg(long, global = true, value_delimiter = ',', value_name = "[-]FIELD,…", allow_hyphen_values = true)]
    pub(crate) sort: Vec<String>,
    /// Print no more than this many records. Without --sort, the command is ended when they are there
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(crate) limit: Option<usize>,
    /// Print only these fields, in this order
    #[arg(long, global = true, value_delimiter = ',', value_name = "FIELD,…")]
    pub(crate) fields: Vec<String>,
    /// Of several kinds of records, print this one; `all` prints all in one table, where the format is one
    #[arg(long, global = true, value_name = "NAME|all")]
    pub(crate) kind: Option<String>,
    /// Print what a jq expression makes of the records: of the array of all, or with --format jsonl of each as it comes
    ///
    /// A result a line: texts as they are, everything else as JSON. The array needs all records in memory.
    #[arg(long, global = true, value_name = "EXPRESSION", conflicts_with = "template", allow_hyphen_values = true)]
    pub(crate) jq: Option<String>,
    /// Print a line for each record, filled in from a Jinja template: '{{ filesystem }} {{ size | bytes }}', or @FILE
    #[arg(long, global = true, value_name = "TEXT|@FILE", conflicts_with = "format", allow_hyphen_values = true)]
    pub(crate) template: Option<String>,
    /// Exit with 1 when no record was selected; with --jq, when every result was null or false
    #[arg(long, global = true)]
    pub(crate) exit_status: bool,
}

impl Selecting {
    /// Whether anything is selected or transformed.
    pub(crate) fn any(&self) -> bool {
        self.condition.is_some()
            || !self.sort.is_empty()
            || self.limit.is_some()
            || !self.fields.is_empty()
            || self.jq.is_some()
            || self.template.is_some()
    }

    /// The records to select, as far as can be known before there are any.
    pub(crate) fn plan(&self) -> Result<Plan, Error> {
        let mut plan = Plan::default().with_order(&self.sort)?.with_limit(self.limit).with_fields(&self.fields);
        if let Some(condition) = &self.condition {
            plan = plan.with_condition(condition)?;
        }
        Ok(plan)
    }
}
