//! Parses what `{{ command }}` prints. This is the file to change; the SDK does the rest: `cargo doc -p outparse-sdk --open`.

use outparse_sdk::{About, {% if table.titles %}Ending, {% endif %}Error, {% if table.reading == "cells" %}Header, {% endif %}Line, Parser, {% if table.reading == "separator" %}Problem, {% endif %}Record, Rows, Source};

/// What users see in `outparse schema {{ command }}`: say what each field means, and `#[field(unit = "bytes")]` or the like where it
/// counts something.
#[derive(Record)]
pub struct Row{% if "text" in kinds %}<'a>{% endif %} {
{%- for field in table.fields %}
    /// {{ field.doc }}
{%- if field.ident != field.name %}
    #[field(name = {{ field.name | quote }})]
{%- endif %}
    pub {{ field.ident }}: {% if field.nullable %}Option<{% endif %}{{ {"text": "&'a [u8]", "integer": "i64", "float": "f64"}[field.kind] }}{% if field.nullable %}>{% endif %},
{%- endfor %}
}

/// The parse of one capture.
pub struct {{ class }}{% if table.reading == "cells" %} {
    header: Header,
}{% else %};{% endif %}
{% if table.titles %}
const TITLES: &str = {{ table.titles | join(" ") | quote }};
{% endif %}
impl Parser for {{ class }} {
    const ABOUT: About = About {
        name: {{ name | quote }},
        version: env!("CARGO_PKG_VERSION"),
        summary: {{ summary | quote }},
        commands: &[{{ command | quote }}],
        dialect: {{ dialect | quote }},
        platforms: &[{{ platform | quote }}],
        ..About::DEFAULT
    };
{%- if not table.titles %}
    const FIRST_LINE_DECIDES: bool = true;
{%- endif %}
    type Record = Row{% if "text" in kinds %}<'static>{% endif %};

    // `Source` has the command's arguments, where they are known: this is the place to decide what flags change.
    fn new(_: &Source) -> Self {
        {{ class }}{% if table.reading == "cells" %} { header: Header::default() }{% endif %}
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
{%- if table.titles %}
        if !rows.recognised() {
            line.expect(TITLES)?;
{%- if table.reading == "cells" %}
            self.header = Header::read(line, &{{ phrases | quote }})?;
{%- endif %}
            rows.recognise();
            return Ok(());
        }
{%- endif %}
{%- if table.reading == "cells" %}
        let cells = self.header.cells(line);
        let [{{ table.fields | map(attribute="ident") | join(", ") }}] = cells[..] else {
            return Err(line.expected("as many fields as titles").into());
        };
{%- elif table.reading == "words" %}
        let [{{ table.fields | map(attribute="ident") | join(", ") }}] = line.fields_and_rest()?;
{%- else %}
        let parts: Vec<_> = line.whole().split({{ table.separator | quote }}).collect();
        let [{{ table.fields | map(attribute="ident") | join(", ") }}] = parts[..] else {
            return Err(Problem::error(format!("expected {{ table.fields | length }} fields, found {}", parts.len())).into());
        };
{%- endif %}
        rows.push(Row {
{%- for field in table.fields %}
            {{ field.ident }}: {% if field.kind == "text" -%}
            {% if field.nullable %}{{ field.ident }}.map(|cell| cell.bytes){% elif loop.last and table.reading == "words" %}{{ field.ident }}.trim_end().bytes{% else %}{{ field.ident }}.bytes{% endif %}
{%- else -%}
            {% if field.nullable %}{{ field.ident }}.map(|cell| cell.{{ field.kind }}()).transpose()?{% else %}{{ field.ident }}.{{ field.kind }}()?{% endif %}
{%- endif %},
{%- endfor %}
        });
        Ok(())
    }
{%- if table.titles %}

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(&format!("the titles `{TITLES}`"))
    }
{%- endif %}
}

outparse_sdk::export!({{ class }});
