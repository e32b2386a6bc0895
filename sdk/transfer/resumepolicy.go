package transfer

// LongResumePolicy returns the name that the transfer daemon and Aspera for Desktop
// have for a value of resume_policy (spec/transfer.md 6.3); a value without such
// a name as it is.
func LongResumePolicy(policy string) string {
	switch policy {
	case "attrs":
		return "attributes"
	case "sparse_csum":
		return "sparse_checksum"
	case "full_csum":
		return "full_checksum"
	}
	return policy
}
