// SPDX-License-Identifier: ISC
/*
 * issued_keys.c - RSA keys that were made once (issued_keys.h), by
 * openssl genrsa -traditional 2048.  Nobody's: only tests have them.
 * Runs in: unit tests.  Trusts: its caller.
 */
#include "issued_keys.h"

#include <openssl/evp.h>
#include <stddef.h>
#include <string.h>

#include "must.h"

/* DER in base64. */
static const char *const keys[] = {
	"MIIEogIBAAKCAQEAu1YlucQDiH1pD++eJ64gAN036AAEyaviVXy8djmc3pdsqq8h8JCd"
	"9DKZCcEW/IxC4EqkQbooYxPXE/1/Zas3SMsogp7Anspy9erP++GsHiK94h25sMytqo5B"
	"XdTjojB6vML431U4jojAdpYGjZ8lWzkXT9p9pSYwY5enRMs7LArhjToTnlbFyUwPVT/F"
	"DZGLMv8TJdKuWWYPo8mrDQN9CPbVL+DTOgzegdGS4J7BmcPg451sZ5F8xcPHhdUzpgBU"
	"RPRMQTxp4qMfXGBmbUZn0ZNzK5K5ujpfhrp4JGOHkn/AhuVX08fOb/vlWegiO3Yqmt//"
	"q0yCzGMb5q61dH50zwIDAQABAoIBADUKw0vB0C5JNAIrGmCp0K3t9PJfbvubC06hLsta"
	"rKvpu/7n73gpuk92NBaq8VM4c4cGG1Pw3ZaP+4nRcMzcmZ6mxyWUxX0wXTR787+huhYe"
	"SB1JxVXl3hY4iRGEQZ+ekmH34nd5rbXNypDJEbnvoagelhcqCgFEuta4DchQssRZJFXQ"
	"FOJzyuACpk3Z7PFFEYXURAm6cJNlZ8LW/y18b5stOFxcHkXZX2T98l1DLIYZK/uqZ+En"
	"SKV4BStMaHA7UT44vGhpxhc3EZ3qr14w9aLveRJk7xP7mngUjenQnnPSHcip85UEJlpz"
	"h86wv1toNYZFhIGrjFnywJh/mcw6oCECgYEA3eyGJoPYngUun7Upsep8edg+ub4o/EtR"
	"x/y4KN++9S46pGN/aNtqB0yoiRxGmPlhTZGyr9dy2ccxoqBlQ2hdi1o0zQGN2IopnJgQ"
	"O5kXNh5aLT19BMBDEJQbMUO3NSi9+ssKzwUyYCBXuimaEEAg05N8meig42PO7zFXfQJJ"
	"3osCgYEA2BoMIPEYYI2upjIZyesnITUla88ZaXZZqH9oc327U9IrjxYnxEr+0NQu12UF"
	"FOh80IIBM+7Ftb8nqD6JxLEHlhItcW/T5JrmiyQqBGiSCBey9FeDq0BYH35cwJTewba7"
	"Lu6SWZVcfUkMYXWb2hPzmH+XyMW0bJ5JFsFeQJ2hL00CgYA2C1vAFWuzT9/C1QOKaGhX"
	"4+miokSo7E7GPS08BwEiBFgToIduqcBwdqK0gUZQCqs/kLPLTtSRZIkZ6aW/fLMLNLSX"
	"GEHK8hqgIAgT+3xDmbCsQ8UmWwv6BZd5r9v1/i4F3VyMfd9+uWGj3G3Ad12HKOu3L4e+"
	"2JeUeJetwdjrcQKBgEuoqvBpmLBNSoVTayX/l36P3d8l7e63ieJtYQN2VLyfC7MX/apC"
	"233/m7q72pCcaP6TVZp6EWx1VYwZASEFHfPTv2dE0Lnr5aV3buKGPgJpUbUsYqP1biTw"
	"l8axGGBX+qcOzdxhZ7VReu0wQPWUIKgWm+ymE2on7MzzvG0BAyrNAoGAK3rqQLe8+pb8"
	"Vj7PhxhdMBEX16yoNzv1w4OyUk3GUTX0x1d0laLtQi1GfT94NoKNvq+Q2ZRy3n1Sr91I"
	"zEnOWXA4cgWGdZyecAdsTmcoGKXAMwH86HYnHfgNqTUJTAEAm7amOtf6eiNQ2tEAVCaK"
	"02X1a73OsrR6PsncVQLt9aM=",
	"MIIEpAIBAAKCAQEAjzGyyV/LgqAC102W5Tn4PfQ0y9PvaC0bMbRUL1WNSgCVgcZSgbRe"
	"si8KcrbbwDhtVsEaWJ49WEr0u8joFadPWXfxXH/TrFGIA+vITbTFliY+EdpOaMK0vPlX"
	"fxGgQkYcAFmasXct/R32KsdjmGJY20f9lZNaVSxmQTeGw/btOGDEApKpNH7qO/rMna3J"
	"8Yf3Z+qPj88m03BftbGbi0O5wFKA7xKU1b6B3omHXKd3ppSEGaByD1wkjFbmbsN0p6SU"
	"k/l25eIG6PJ7lqsRjV6yCM39pbVxU3Yj19w8Zsa2z0I3IgpEARRQibLCPL6s35X4R73T"
	"JJ5YG7QHBx31hgAH9wIDAQABAoIBABjRBik8PurujE+AFOy5NTqXfibtHgqx9oqQtB5X"
	"91qh60dIdbgg6GB9IpRq+H7ByMFGSiidlAgfRXbeBMrr6iaZUO01AhxVLPtw+4/sCmpR"
	"SmSRrxEc3XH6zJ0rEtkpiWTOIq8q9n9tl+ImGC6qrLekLGCl3vvv6/DVjLedrdMdP7Zb"
	"7EzC16M8s683JagKWDpvTnNS7lLo3Rzm4hkqg0ErrS53aBfgchQZFCxm5pYMFYa1CC81"
	"GvQaRW4jX/RINSN3oYQkknJVKJ8moiX2602EvmKO2lY6PyNA8KgcHmerQA57kv1VYilz"
	"6c0COXKE/TSdIVVG/TXbf/yxw66oEHECgYEAxUEGGRh4sWV8DtVcBTf/+Ykz2UHDSh6y"
	"Ywyhgjv9Yi+EIMzYMa8p/Eo05AaGQKK2x/JvfjeQ5YNiiRh1E+NkA3SC9z3Mcf8SvbBQ"
	"SHPdEYLsE/WVG/nutmX/VbaYcWJL6QGNIj4uEH8Ek9ZVipOlmYI/XdSXUJtyGbLmmHtD"
	"IbsCgYEAudcPRnsosq7Rh44awNI78D0eSEEfbx/GxteVdpNf2M/8Ks2DOKhwUytoPbJK"
	"cHf5D+QOlSxJarvXy6J4bxv4lv2L7wzgpXtlVSF4Gi6fwYKuTOBJg80YxkKqAnpW9yEa"
	"X8IxdQuxS2HzTZ5aM+fPYQjJ1Jlc2PYIAT/NJnzWQPUCgYEAqvv/djeBP3zR+eW2u4tc"
	"ZwkomZXo29IaHcPwKH0p2jeIGAqZCRBmm5wTlumU7GhfepjLTqSKBHlMK7y4mAHPSzNu"
	"5zR5iQNrUmSIYxWUNr6/N1n04+hVpWRq3fjG0do8JQFEPr+ZnJEN/byYL+Rmcte1Z/eF"
	"JsloMaCjRN/sREsCgYAU/3zFXPMbRW99XowdT2PgYDeEuH8BwlhmbUOBE2PYDqASggga"
	"pcWTUCtGFVgd3yBwMDeJmWhuO+1FIAV1oHZ1MQ7Xot/bMtcfSFnWs3/vkIF7RDhqQQlU"
	"lYG6J/Kdl8rwGPQXoouU1et00LimdsHS1/heIjoAdcQvx/K5L4/R5QKBgQCKUhJthdI3"
	"JL8VEgzCqR2OVoNaWf2nh/tm85UPSQrSsRpYi71iUNBccVZNReS3w3XTA/T070FxnkFL"
	"ZDcJ+zVh4DDJ6qwdcmeKrEbqQiz1LTXfL4wU567LgHLodPIrTzQZZhfz+PCWRUczVM0M"
	"ZdUT7+Y+Vuos4ScfZTZYBKAIQA==",
	"MIIEogIBAAKCAQEAucWuJBtbh60cEZGU6rWxut8g6XFQdINY3qLN20mf8hItibOhpyuH"
	"lts2pDh9Tc0vBw6kUVkJjtzixXpqxXH3YZ+8fqtT4xZXAR2dM1FRcENNQvYS9LHmIKRA"
	"u6z0k6gE0FATNMIh3hzt9m2ZhxNySetmWafUbqQQD/RgwanZ9bnOqoZMRH4hW+2DdVEi"
	"fukfi5+ZHIXo55sJVCN/1CeR5XPSBTx8RVQ4i6y620nji9gAkOrKBUfMVdbMyDMtL5/L"
	"sI/cfgntBgxqYJxl3MR7qyhPKXfvpQLDNmKy9XoKGbsSKltriBKJUngzfP+2B9RSPmZH"
	"sI65GPOm6V8V0dpzMQIDAQABAoIBAA7oG+C6otrKO0LCcDUKC1u3ywfjl28h/9MtmsZX"
	"EnlcMadBCl53RO2hlxeqW/OoQt1jTjAkEuF4PAIlbPfjyaDELpEdGLtTvMhSiTca9iWQ"
	"YPZXxI5tNmgcH5pvqguticu/ASuHzSvp6lzBz3X7seOlYS5RV0YUu1OfnaJf1lhVqfJk"
	"ewlP6ztDx0G9La12q+oLK1QtU/b+vYGPufsj3sXphKv8aBYEOja5y/r0WLl97SwiLL6R"
	"46rZUN5ap8mKspHMyGU7SxGnobES+fgaQwvfGTUSjWNATQN6PuEmseOnA6PgZlQomkqo"
	"Kb/nrQ2PlMha72S821MLZf5338C0xjkCgYEA3uiCOUTHRiv5OA4wniYW7Ef33COMMMDz"
	"GkNc7ytxvOlmeZXNBqlT6q9EUnnEQSp5R5BsDSo2i8zSMwtS2vUB9P9m0ADtLPZv6QEg"
	"1ssyoQ34XsBbBmgFecMMJw08lN8KTMMPk4hASeegWix1TS90owqtlS3J5oMX6M16IVxc"
	"g68CgYEA1VnWtmZJLqVId3PrIiMjkMsC+eTKM1DgTPv/T0S1bWJON7US2LOu+jOGjh7L"
	"ayVTQpvHMI/Q06Zucf3lukJI0WQQE3WDjGTsbmlmf2ZDIXJ1V/l4syKAxO8elfH6NX/j"
	"r6sOq/wOh+27a1Uu+vFYWJzThcydSonZCzmdgD2Uzx8CgYBAfOOvzcYY9v/Sx8go+LwI"
	"/4klluMn96pdHr/0MY1mKeALrNrz4mj0rGAHvFKax77uhUm9RUkiiM8HFW+TCO7YAkus"
	"QZhcOa+GqVzmx0KOdYw1XVD4OX/cCiGp6ppsN1qzens3I2P1/ZzWeaY1/lSwFpbBYc3X"
	"cnWoVEnQ/PeG4QKBgCZl09niENu/TYqKJ1BuiJEfqHp3LdkMfkH8vJd0oz57id5GzYyI"
	"0j4fleDwM+YlwpVjWfcoewoMkyYa7wSVt2tQGgCWjsVuyIqal6LoMb7MTcg2kv2SgSBw"
	"dM3Bzilgygasv6g+ZhMauzd3DkyFsUPJfdw/1jM7GgAGL42MB8M7AoGAZvuekwZZ97ld"
	"iNxx6mc+z0IyWF0trlKxxFkIOuDI9L3Db4H4FTCWecAh4mDfyVy3nx5r0Id2MRuUgBIw"
	"Psd1+aU20thxs2hQdpUwx3HmBEGtSF7GMuk0w+COMtF2f4M/TkRVjMQNUkAKWNvI7uvI"
	"sS8sL6ryRW1g9RIh93uXJJ8=",
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

EVP_PKEY *issued_key_next(void)
{
	static size_t next;
	unsigned char der[2048];
	const unsigned char *at = der;
	EVP_PKEY *key;
	int len;

	if (next == KEYS) {
		return NULL;
	}
	len = EVP_DecodeBlock(der, (const unsigned char *)keys[next],
			      (int)strlen(keys[next]));
	next++;
	must(len > 0, "base64");
	key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, len);
	must(key != NULL, "a key that was made once");
	return key;
}
