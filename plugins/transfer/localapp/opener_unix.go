//go:build unix && !darwin

package localapp

func opener(url string) []string { return []string{"xdg-open", url} }
