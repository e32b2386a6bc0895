package localapp

import "syscall"

func opener(url string) []string { return []string{"rundll32", "url.dll,FileProtocolHandler", url} }

func apart() *syscall.SysProcAttr { return nil }
