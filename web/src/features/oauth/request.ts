/** What a program asks for, letter by letter: the router would write numbers in its own way. */
const atStart = location.pathname === "/authorize" ? location.search : undefined;

export const authorizationQuery = (): string => atStart ?? location.search;
