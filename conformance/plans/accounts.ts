// The user who signs in. Every standard claim has a value, because the suite asks for all of them.
export const user = {
  email: 'conformance@example.test',
  password: 'harbor velvet lantern 58 quietly',
};

export const claims = {
  name: 'Robin Mae Example',
  given_name: 'Robin',
  middle_name: 'Mae',
  family_name: 'Example',
  nickname: 'Rob',
  preferred_username: 'robin',
  profile: 'https://example.com/robin',
  picture: 'https://example.com/robin.png',
  website: 'https://robin.example.com/',
  gender: 'female',
  birthdate: '1990-02-17',
  zoneinfo: 'Europe/Vienna',
  locale: 'en-GB',
  phone_number: '+43 1 2345678',
  phone_number_verified: true,
  address: {
    formatted: 'Ringstrasse 1\n1010 Vienna\nAustria',
    street_address: 'Ringstrasse 1',
    locality: 'Vienna',
    region: 'Vienna',
    postal_code: '1010',
    country: 'Austria',
  },
};
