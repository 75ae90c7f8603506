// Which parsers read a command, best first, from the catalog of all of them.

/** The commands that have parsers, without those of a program that is many. */
export function commands(catalog) {
    const all = catalog.flatMap((parser) => parser.commands).filter((command) => !/^(busy|toy)box /.test(command));
    return [...new Set(all)].sort();
}

/** The platforms that any parser is the first choice for. */
export function platforms(catalog) {
    return [...new Set(catalog.flatMap((parser) => parser.platforms))].sort();
}

/** A command's parsers: first those that are the platform's first choice, each group in the order of the catalog. */
export function rank(catalog, command, platform) {
    const reading = catalog.filter((parser) => parser.commands.includes(command));
    const first = reading.filter((parser) => parser.platforms.includes(platform));
    const others = reading.filter((parser) => !parser.platforms.includes(platform));
    return [...first, ...others];
}

/** A line of arguments as a shell splits it: at spaces, quotes kept together. */
export function words(line) {
    const found = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
    return found.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}
