/** What rests on fewer people is not shown to guests: with so few, a figure may tell what one of them did. */
export const fewestPeople = 10;
