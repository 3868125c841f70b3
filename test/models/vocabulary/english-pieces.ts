/** Letter groups inside words; as the first pieces they become building blocks for all later ones. */
const FRAGMENTS = `
th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic
ne ea ra ce li ch ll be ma si om ur ing ion tion ent ter ation ment ness able ible ally ous ive ers est ity less
ful ough ight ound ther ever over under inter able ance ence ward self selves
`;

/** Common English words, the most frequent ones first, with some of written instructions and answers. */
const WORDS = `
the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one
you were all her she there would their we him been has when who will no more if out so up said what its about than
into them can only other time new some could these two may first then do any like my now over such our man me even
most made after also did many off before must well back through years much where your way down should because long
each just state those people too mr how little good world make very year still see own work men day get here old
between both life being under three never know same last another while us might great go come since against right
came take used himself few house use place during high without again home around small however found part school
thought went say general once upon war left every until always away something fact water less public put thing think
almost hand enough far took head yet government system set better four nothing night end why called eyes find going
look asked later point knew next program city business give group toward days young let room president side social
given present several order national possible rather second face per among form important often things looked early
white case become large big need felt along children saw best church ever least power development seemed light
interest want members family others open area country number problem example answer question write list following
sentence text story describe explain create generate provide describe data information language model input output
instruction task word words write paragraph article summary main idea topic name type different change help using
based result process step method start food health student book read learn learning teach class study science
research human computer technology software code function value variable string array object machine network online
internet website email phone company market product service customer money price cost pay buy sell job team project
plan goal skill experience knowledge environment energy air earth sun climate animal plant tree river sea color red
blue green black music art film movie game play player sport travel car road street town building door window table
chair paper letter line page picture image sound voice song dance friend love feel happy sad fear hope dream mind
body heart blood doctor hospital patient disease medicine care safe danger risk law rule right court police crime
history century ancient modern culture religion god king queen army battle peace north south east west land island
mountain ocean weather rain snow wind fire heat cold warm cool hot summer winter spring morning evening week month
hour minute moment today tomorrow yesterday future past easy hard simple complex clear strong weak fast slow quick
short tall wide deep heavy full empty rich poor cheap clean dirty bright dark quiet loud sweet fresh healthy real
true false sure certain likely able ready free common special main major minor basic key single double half whole
total average low top bottom front center middle inside outside near close above below behind across within beyond
keep hold turn move run walk stand sit stay live die kill save lose win beat hit cut break build grow raise fall
rise drop fill pull push throw catch carry bring send receive show tell speak talk listen hear watch follow lead
reach touch meet join leave return enter pass cross stop begin continue finish complete add remove include contain
increase reduce improve develop design produce support protect prevent avoid cause effect affect allow require
expect believe understand remember forget consider decide choose compare discuss suggest recommend agree accept
refuse deny claim argue prove test check measure count calculate solve figure determine identify define mean
represent express report record note mark sign draw paint cook eat drink sleep wake wear wash drive ride fly swim
jump climb visit stay spend earn borrow lend share offer serve treat cover separate connect combine mix replace
remain exist happen occur appear seem stand depend relate concern matter deal manage handle control operate perform
act react respond reply address attempt try fail succeed achieve gain benefit advantage reason purpose aim result
conclusion evidence theory experiment analysis statement opinion argument view approach strategy technique tool
resource material metal wood stone glass plastic oil gas electric light speed force weight size length distance
temperature degree level rate percent amount quantity quality standard feature characteristic element factor aspect
detail section chapter title author character plot scene event situation condition position relationship community
society population individual person woman child boy girl mother father brother sister son daughter husband wife
parent baby adult age birth death marriage education university college teacher professor director manager leader
officer member worker employee employer industry factory farm field crop fruit vegetable meat fish bread milk sugar
salt coffee tea restaurant meal breakfast lunch dinner recipe ingredient kitchen bedroom bathroom garden park
`;

const MARKS = [`'s`, `'t`, `'re`, `'ve`, `'ll`, `'m`, '...', '--', ' (', ' "', ' -', '10', '20', '19', '00'];

/** Syllables are every onset with every vowel and coda: they cover words that are not listed. */
const ONSETS = split('b c d f g h j k l m n p r s t v w br ch cl cr dr fl fr gr pl pr sc sh sp st th tr');
const VOWELS = split('a e i o u ea ou');
const CODAS = ['', ...split('b c ck d g l ll m n nd ng nt p r rd rn rt s ss st t v')];

const ENDINGS = ['s', 'ed', 'ing', 'ly', 'er'];

/**
 * Text pieces for `mergesFor`, the frequent ones first: letter groups, words with the space before them, then
 * capitalised and inflected words and syllables; some ten thousand in all.
 */
export function englishPieces(): readonly string[] {
  const words = split(WORDS);
  const capitalised = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  const syllables = CODAS.flatMap((coda) =>
    VOWELS.flatMap((vowel) => ONSETS.map((onset) => onset + vowel + coda)),
  );
  return [
    ...split(FRAGMENTS),
    ...MARKS,
    ...words.map((word) => ` ${word}`),
    ...capitalised,
    ...capitalised.map((word) => ` ${word}`),
    ...ENDINGS.flatMap((ending) => words.map((word) => ` ${word}${ending}`)),
    ...syllables,
    ...syllables.map((syllable) => ` ${syllable}`),
  ];
}

function split(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
