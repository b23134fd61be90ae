/** An invented Page, the same in every example. */
export const EXAMPLE_PAGE_ID = '104857600123456';
/** An invented app, the same in every example. */
export const EXAMPLE_APP_ID = '517776481860111';
