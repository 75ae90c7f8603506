// The fields of records as a tree, from the flat lists of the interface, where children are named by index.

/** What records of a shape have: the name of their kind, where there are several, and their top-level `fields`. */
export function shapeOf(schema, shape) {
    const all = [...schema.fields, ...shape.added];
    const kind = schema.kinds.length > 0 ? schema.kinds[shape.kind].name : undefined;
    return { kind, fields: tree(all, [...shape.fields], new Set(shape.offsetTimes)) };
}

/** All fields that a schema names, of every kind. */
export function fields(schema) {
    return tree(schema.fields, schema.fields.map((_, index) => index), new Set());
}

/** The top-level fields among these, each with its `children`, its `type`, and its `column` in a batch. */
function tree(all, listed, offsetTimes) {
    const columns = new Map(listed.map((index, column) => [index, column]));
    const nested = new Set(all.flatMap(children));
    const field = (index) => {
        const { name, type, nullable, unit, approximate, doc, levels } = all[index];
        const below = children(all[index]).filter((child) => columns.has(child)).map(field);
        const digits = type.tag === "time" ? type.val : undefined;
        const offset = offsetTimes.has(index);
        return { name, type: type.tag, digits, offset, nullable, unit, approximate, doc, levels, column: columns.get(index), children: below };
    };
    return listed.filter((index) => !nested.has(index)).map(field);
}

function children({ type }) {
    switch (type.tag) {
        case "list":
        case "map":
            return [type.val];
        case "record":
            return [...type.val];
        default:
            return [];
    }
}
