/** Whether a password is among those that attackers try first: a well-known one, or a well-known word with an ending. */
export function isCommon(password: string): boolean {
  const text = password.toLowerCase()
  if (WHOLE.has(text) || /^(.)\1*$/su.test(text)) return true
  for (let length = 3; length <= text.length; length += 1) {
    const word = text.slice(0, length)
    const ending = text.slice(length)
    if (WORDS.has(word) && (ending === word || isEnding(ending))) return true
  }
  return false
}

/** Nothing, a year, or digits people add. Endings with punctuation pass, as they do in Django. */
function isEnding(text: string): boolean {
  return /^(\d{0,3}|19[5-9]\d|20[0-4]\d|4321|abc|1234(5(6(7(8(90?)?)?)?)?)?)$/.test(text)
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/))
}

const WORDS = setOf(`
  password passw0rd p@ssword p@ssw0rd pa55word passwort passord contrasena motdepasse pass passwd qwerty qwertz azerty
  qwertyuiop qwertyui asdfgh asdfghjkl asdfghjk asdf zxcvbn zxcvbnm abc abcd abcde abcdef abcdefg abcdefgh admin
  administrator root user guest test tester testing temp demo default system server sysadmin operator manager support
  service office company business login letmein welcome changeme secret private access master hello iloveyou lovely
  loveme love mylove sunshine princess monkey dragon shadow superman batman spiderman pokemon naruto starwars football
  baseball basketball hockey soccer liverpool arsenal chelsea barcelona juventus manchester michael jennifer jessica
  ashley daniel charlie jordan andrew thomas robert matthew joshua anthony william richard alexander alexandra
  samantha nicole michelle amanda stephanie christopher jonathan benjamin elizabeth victoria patricia computer
  internet samsung google facebook microsoft windows linux apple orange banana chocolate cookie cheese coffee pepper
  ginger summer winter spring autumn january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday london berlin paris madrid america australia canada england
  france germany mexico brasil trustno mustang corvette ferrari porsche mercedes yamaha honda harley maverick phoenix
  ranger hunter killer hacker matrix ninja samurai warrior wizard diamond silver golden purple yellow buster tigger
  maggie butterfly flower angel blessed jesus christ forever freedom peace family friends babygirl sweetheart
  beautiful handsome whatever nothing something blink metallica nirvana slipknot eminem rockstar guitar cowboys
  yankees lakers eagles steelers telephone freeswitch djangopbx fusionpbx freepbx asterisk extension voicemail
  pbxadmin
`)

const WHOLE = setOf(`
  12345678 123456789 1234567890 0123456789 01234567890 12345678910 123456789012 1234567891 0987654321 987654321
  87654321 9876543210 1122334455 112233445566 11223344556677889900 123123123 123123123123 1231231231 123321123
  1234512345 123451234512345 12341234 1234123412 123412341234 1234554321 1234567899 12345678901 123456123456 123654789
  147258369 1472583690 159753159753 741852963 7418529630 789456123 7894561230 963852741 1357924680 2468013579
  1020304050 10203040506070 12121212 1212121212 121212121212 10101010 1010101010 1010101010 12344321 1234432112
  1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw2 1qazxsw23edc 1qaz1qaz 1qaz1qaz1qaz zaq12wsx zaq1zaq1 zaq1xsw2
  zaq12wsxcde3 qaz123wsx qazwsxedc qazwsxedcrfv qazwsx123 qazwsx1234 qazwsx12345 qweasdzxc qweasdzxc123 qweasd123
  qweasdqwe qwe123qwe qwe123qwe123 qweqweqwe qweqweqweqwe asdasdasd asdasdasdasd zxczxczxc zxcasdqwe asd123asd
  asdqwe123 123qweasd 123qweasdzxc 123qwe123 123qwe123qwe 123asd123 1234qwer 1234qwerasdf qwer1234 qwer12345 qwerasdf
  qwerasdfzxcv asdf1234 asdfasdf asdfasdfasdf asdfjkl; asdf;lkj zxcv1234 zxcvasdf 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y
  1q2w3e4r5t6y7u 1q2w3e1q2w3e q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 a1b2c3d4 a1b2c3d4e5 a1b2c3d4e5f6 a1s2d3f4 a1s2d3f4g5
  a123456789 aa123456 aa12345678 aa123456789 abc123456 abc12345678 abc123456789 abc123abc abc123abc123 abcd123456
  abcabcabc abcdefghi abcdefghij abcdefghijk abcdefghijkl abcdefghijklmnopqrstuvwxyz abcdefg1234567 abcde12345
  1234abcd 12345abcde 12345abcd 123456abc 123456abcd 1234567a 123456789a 123456789q 1234567890a 1234567890q 12345qwert
  12345qwerty 123456qwerty 1234567qwerty qwert12345 qwerty1234567890 qwertyqwerty qwertyuiop[] qwertyuiopasdfghjkl
  qwertyasdf qwertyasdfgh qwertyzxcvbn poiuytrewq mnbvcxzlkj mnbvcxz123 lkjhgfdsa lkjhgfdsapoiuytrewq 0p9o8i7u
  0okm9ijn !qaz2wsx !qaz@wsx 1qaz@wsx 1qaz!qaz !qazxsw2 !q2w3e4r p@55w0rd p@ssword1 p@$$w0rd p@$$word pa$$w0rd
  pa$$word passwordpassword passw0rdpassw0rd mypassword mypassword1 mypassword123 thepassword yourpassword newpassword
  newpassword1 oldpassword nopassword passwords password0 passpasspass passphrase pass@word1 pass1234567890
  pass123word letmeinnow letmein123 letmeinplease openseame opensesame welcome2you welcomehome admin123456 adminadmin
  adminadminadmin administrador administrateur superadmin superuser supersecret topsecret secretpassword secret123456
  changemenow changethis changeit123 pleasechange pleasechangeme default123 iloveyouso iloveyou2 iloveyou12
  iloveyousomuch iloveyouforever iloveyoubaby ilovejesus ilovegod jesuschrist jesusislord jesuslovesme godisgood
  trustno1 trustnoone whatever1 blahblah blahblahblah nevermind computer1 fuckyou123 fuckyouall fuckyoubitch
  motherfucker bullshit1 asshole123 iamthebest starwars1 maytheforce bethebest wordpass drowssap drowssap1 1password
  1234password 123password password1password correcthorse correcthorsebatterystaple batterystaple monkeymonkey
  princess1 princesa123 teamo1234 tequieromucho teamomucho estrella123 hellohello helloworld helloworld1 hello1234567
  myspace123 linkedin123 facebook123 google1234 manchester1 liverpool1 barcelona10 chelsea123 arsenal123 manutd1234
  cristiano7 ronaldo123 messi12345 basketball1 footballer football12 1234567890qwertyuiop p4ssw0rd p4ssword 3rjs1la7qe
  18atcskd2w lol123456 gfhjkmgfhjkm q1w2e3r4t5y6u7i8 1234567890- 12345678900 11111111111 00000000 0000000000 147852369
  1478523690 321321321 3213213213 654321654321 987654321a 9876543211 zzzzzzzzzz aaaaaaaaaa
`)
