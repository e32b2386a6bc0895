package product

import (
	"os"
	"path/filepath"
)

func locations(string) []Product {
	var products []Product
	if local := os.Getenv("LOCALAPPDATA"); local != "" {
		products = append(products, in("IBM Aspera Connect", filepath.Join(local, `Programs\Aspera\Aspera Connect`), "bin"))
	}
	return append(products,
		in("Aspera CLI (deprecated)", `C:\Program Files\Aspera\cli`, "bin"),
		in("IBM Aspera High-Speed Transfer Server", `C:\Program Files\Aspera\Enterprise Server`, "bin"),
	)
}
