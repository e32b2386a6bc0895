package product

import "path/filepath"

func locations(home string) []Product {
	const resources = "Contents/Resources"
	products := []Product{in("IBM Aspera for Desktop", "/Applications/IBM Aspera.app", resources+"/transferd/bin")}
	for _, folder := range []string{filepath.Join(home, "Applications"), "/Applications"} {
		for _, app := range []string{"Aspera Connect.app", "IBM Aspera Connect.app"} {
			products = append(products, in("IBM Aspera Connect", filepath.Join(folder, app), resources))
		}
	}
	return append(products,
		in("Aspera CLI (deprecated)", filepath.Join(home, "Applications/Aspera CLI"), "bin"),
		in("IBM Aspera High-Speed Transfer Server", "/Library/Aspera", "bin"),
		in("Aspera Drive (deprecated)", "/Applications/Aspera Drive.app", resources),
	)
}
