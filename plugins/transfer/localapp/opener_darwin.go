package localapp

func opener(url string) []string { return []string{"open", url} }
