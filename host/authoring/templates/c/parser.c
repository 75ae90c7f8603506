// Parses what `{{ command }}` prints. This is the file to change; `columns.c` does the rest.

#include "columns.h"
{% if table.titles %}
static const char *const TITLES[] = {{ "{" }}{% for title in table.titles %}{{ title | quote }}{% if not loop.last %}, {% endif %}{% endfor %}{{ "}" }};
{% endif %}
enum { {% for field in table.fields %}{{ field.name | upper }}_FIELD{% if not loop.last %}, {% endif %}{% endfor %} };

// What users see in `outparse schema {{ command }}`: say what each field means, and `.unit = "bytes"` or the like where it counts something.
static const Field FIELDS[] = {
{%- for field in table.fields %}
    [{{ field.name | upper }}_FIELD] = {.name = {{ field.name | quote }}, .type = {{ field.kind | upper }}, .doc = {{ field.doc | quote }}{% if field.nullable %}, .nullable = true{% endif %}},
{%- endfor %}
};

const About ABOUT = {
    .name = {{ name | quote }},
    .version = "0.1.0",
    .summary = {{ summary | quote }},
    .command = {{ command | quote }},
    .dialect = {{ dialect | quote }},
    .platform = {{ platform | quote }},
    .fields = FIELDS,
    .field_count = COUNT(FIELDS),
{%- if not table.titles %}
    .first_line_decides = true,
{%- endif %}
};
{% if table.titles %}
static Header header;
{% endif %}
// Reads a line. What fails costs this line and no more.
void read_line(Line line, Rows *rows)
{
    if (is_blank(line)) return;
{%- if table.titles %}
    if (!recognised(rows)) {
        if (read_header(&header, line, TITLES, COUNT(TITLES), rows)) recognise(rows);
        return;
    }
{%- endif %}
    Word word[COUNT(FIELDS)];
{%- if table.reading == "cells" %}
    cells(&header, line, word);
{%- elif table.reading == "words" %}
    if (!words_and_rest(line, word, COUNT(word), rows)) return;
{%- else %}
    if (!split(line, '{{ "\\t" if table.separator == "\t" else table.separator }}', word, COUNT(word), rows)) return;
{%- endif %}
{%- for field in table.fields %}
    put_{{ field.kind }}(rows, {{ field.name | upper }}_FIELD, word[{{ field.name | upper }}_FIELD]);
{%- endfor %}
    push(rows);
}

// The capture has ended.
void read_end(Rows *rows)
{
{%- if table.titles %}
    if (!recognised(rows)) unrecognised(rows, {{ ("expected the titles `" ~ table.titles | join(" ") ~ "`, found nothing") | quote }});
{%- else %}
    (void)rows;
{%- endif %}
}
