"""The merchant's pages (捐赠商户): what became of the goods that were given."""
