//go:build !windows && !darwin

package product

import "path/filepath"

func locations(home string) []Product {
	return []Product{
		in("IBM Aspera Connect", filepath.Join(home, ".aspera/connect"), "bin"),
		in("Aspera CLI (deprecated)", filepath.Join(home, ".aspera/cli"), "bin"),
		in("IBM Aspera High-Speed Transfer Server", "/opt/aspera", "bin"),
	}
}
