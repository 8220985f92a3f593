/** Style sheets are imported for their effect alone: the bundler puts them beside the script. */
declare module "*.css" {}
